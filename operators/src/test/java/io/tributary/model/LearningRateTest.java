package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearningRateTest {
    private final LearningRate rate = LearningRate.cosine(6e-4, 100, 1100);

    @Test
    void itWarmsUpInAStraightLine() {
        assertThat(rate.at(0)).isCloseTo(6e-6, within(1e-15));
        assertThat(rate.at(49)).isCloseTo(3e-4, within(1e-15));
        assertThat(rate.at(99)).isEqualTo(6e-4);
    }

    @Test
    void itFallsByHalfACosineToItsFloorAndStaysThere() {
        assertThat(rate.at(100)).isEqualTo(6e-4);
        assertThat(rate.at(600)).isCloseTo(3.3e-4, within(1e-15));
        assertThat(rate.at(1100)).isCloseTo(6e-5, within(1e-15));
        assertThat(rate.at(1_000_000)).isCloseTo(6e-5, within(1e-15));
        for (int step = 100; step < 1100; step++) {
            assertThat(rate.at(step + 1)).isLessThan(rate.at(step));
        }
    }

    @Test
    void withoutAnEndItStaysAtItsPeak() {
        LearningRate constant = LearningRate.constant(1e-3, 0);
        assertThat(constant.at(0)).isEqualTo(1e-3);
        assertThat(constant.at(10_000_000)).isEqualTo(1e-3);
    }

    @Test
    void schedulesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> LearningRate.cosine(0, 1, 2)).hasMessageContaining("peak > 0");
        assertThatThrownBy(() -> LearningRate.cosine(1, 2, 2)).hasMessageContaining("after the warm-up");
        assertThatThrownBy(() -> new LearningRate(1, 1, 2, 1.5)).hasMessageContaining("floor share");
    }
}
