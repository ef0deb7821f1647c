package io.tributary.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class OuterOptimizerTest {
    private static final float[][] NO_STATE = {};

    @Test
    void averagingMovesTheBodyByTheMeanDelta() {
        float[] theta = {1f, -2f, 0.5f};

        new OuterOptimizer.Averaging().step(theta, NO_STATE, new float[] {0.25f, 1f, -0.5f});

        assertThat(theta).containsExactly(1.25f, -1f, 0f);
    }

    @Test
    void averagingLandsOnTheMeanOfWhatTheSourcesReached() {
        float[] theta = {4f};
        float[] reached = {3f, 6f, 9f};

        float meanDelta = ((reached[0] - 4) + (reached[1] - 4) + (reached[2] - 4)) / 3;
        new OuterOptimizer.Averaging().step(theta, NO_STATE, new float[] {meanDelta});

        assertThat(theta).containsExactly(6f);
    }

    @Test
    void arraysThatDoNotFitAreRefused() {
        OuterOptimizer averaging = new OuterOptimizer.Averaging();

        assertThatThrownBy(() -> averaging.step(new float[3], NO_STATE, new float[2]))
                .hasMessageContaining("2 values");
        assertThatThrownBy(() -> averaging.step(new float[3], new float[1][3], new float[3]))
                .hasMessageContaining("1 remembered arrays");
    }
}
