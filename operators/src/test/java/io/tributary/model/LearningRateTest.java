package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.model.LearningRate.Cosine;
import io.tributary.model.LearningRate.WarmupStableDecay;
import java.util.List;
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

    /** A decay that is asked for at step 1000 of a run that has no end. */
    @Test
    void itStaysAtItsPeakUntilItDecaysInAStraightLine() {
        LearningRate wsd = new WarmupStableDecay(6e-4, 100, 1000, 200, 0.1);
        assertThat(wsd.at(49)).isCloseTo(3e-4, within(1e-15));
        assertThat(wsd.at(99)).isEqualTo(6e-4);
        assertThat(wsd.at(100)).isEqualTo(6e-4);
        assertThat(wsd.at(1000)).isEqualTo(6e-4);
        assertThat(wsd.at(1001)).isCloseTo(6e-4 - 5.4e-4 / 200, within(1e-15));
        assertThat(wsd.at(1100)).isCloseTo(3.3e-4, within(1e-15));
        assertThat(wsd.at(1200)).isCloseTo(6e-5, within(1e-15));
        assertThat(wsd.at(1_000_000)).isEqualTo(wsd.at(1200));
    }

    @Test
    void aDecayMayReachZeroAndMayFollowTheWarmUpAtOnce() {
        LearningRate wsd = new WarmupStableDecay(1e-3, 10, 10, 10, 0);
        assertThat(wsd.at(10)).isEqualTo(1e-3);
        assertThat(wsd.at(15)).isCloseTo(5e-4, within(1e-15));
        assertThat(wsd.at(20)).isZero();
    }

    @Test
    void allWarmUpAlike() {
        List<LearningRate> rates = List.of(
                LearningRate.constant(1e-3, 7),
                LearningRate.cosine(1e-3, 7, 70),
                new WarmupStableDecay(1e-3, 7, 50, 10, 0.1));
        for (int step = 0; step < 7; step++) {
            double expected = 1e-3 * (step + 1) / 7;
            for (LearningRate each : rates) {
                assertThat(each.at(step)).isEqualTo(expected);
            }
        }
    }

    /** As they were before there were other schedules: a run that is resumed sees no jump. */
    @Test
    void theBitsOfTheCosineNeverChange() {
        assertThat(LearningRate.cosine(3e-3, 24, 480).at(100)).isEqualTo(0.0028191342951089924);
        assertThat(LearningRate.cosine(3e-3, 24, 480).at(333)).isEqualTo(9.351349019480435E-4);
    }

    @Test
    void schedulesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> LearningRate.cosine(0, 1, 2)).hasMessageContaining("peak > 0");
        assertThatThrownBy(() -> LearningRate.cosine(1, 2, 2)).hasMessageContaining("after the warm-up");
        assertThatThrownBy(() -> LearningRate.constant(Double.NaN, 1)).hasMessageContaining("peak > 0");
        assertThatThrownBy(() -> LearningRate.constant(1, -1)).hasMessageContaining("0 or more steps");
        assertThatThrownBy(() -> new Cosine(1, 1, 2, 1.5)).hasMessageContaining("share of the peak");
        assertThatThrownBy(() -> new WarmupStableDecay(1, 1, 2, 2, -0.1)).hasMessageContaining("share of the peak");
        assertThatThrownBy(() -> new WarmupStableDecay(1, 5, 4, 2, 0.1)).hasMessageContaining("starts at 4");
        assertThatThrownBy(() -> new WarmupStableDecay(1, 5, 6, 0, 0.1)).hasMessageContaining("takes 0");
    }
}
