package io.tributary.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.merge.OuterOptimizer.Averaging;
import io.tributary.merge.OuterOptimizer.FedAdam;
import io.tributary.merge.OuterOptimizer.Nesterov;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class OuterOptimizerTest {
    private static final float[][] NO_STATE = {};
    private static final int ROUNDS = 6;
    private static final int N = 100;

    static Stream<OuterOptimizer> all() {
        return Stream.of(new Averaging(), Nesterov.defaults(), FedAdam.defaults());
    }

    @Test
    void averagingMovesTheBodyByTheMeanDelta() {
        float[] theta = {1f, -2f, 0.5f};

        new Averaging().step(theta, NO_STATE, new float[] {0.25f, 1f, -0.5f});

        assertThat(theta).containsExactly(1.25f, -1f, 0f);
    }

    @Test
    void averagingLandsOnTheMeanOfWhatTheSourcesReached() {
        float[] theta = {4f};
        float[] reached = {3f, 6f, 9f};

        float meanDelta = ((reached[0] - 4) + (reached[1] - 4) + (reached[2] - 4)) / 3;
        new Averaging().step(theta, NO_STATE, new float[] {meanDelta});

        assertThat(theta).containsExactly(6f);
    }

    @Test
    void nesterovIsTheSumOfItsDecayedGradients() {
        Nesterov nesterov = new Nesterov(0.6, 0.8);
        float[][] deltas = deltas(1);
        float[] theta = values(2);
        float[] before = theta.clone();
        float[][] state = zeros(nesterov, N);

        for (int round = 0; round < ROUNDS; round++) {
            nesterov.step(theta, state, deltas[round]);
        }

        for (int i = 0; i < N; i++) {
            double expected = before[i];
            for (int round = 0; round < ROUNDS; round++) {
                double momentum = decayedSum(deltas, i, round, 0.8, 1);
                expected += 0.6 * (deltas[round][i] + 0.8 * momentum);
            }
            assertThat((double) theta[i]).isCloseTo(expected, Offset.offset(1e-6 * Math.max(1, Math.abs(expected))));
            assertThat((double) state[0][i]).isCloseTo(-decayedSum(deltas, i, ROUNDS - 1, 0.8, 1), Offset.offset(1e-6));
        }
    }

    @Test
    void fedAdamIsTheQuotientOfItsDecayedMoments() {
        FedAdam fedAdam = new FedAdam(0.2, 0.8, 0.95, 0.01);
        float[][] deltas = deltas(3);
        float[] theta = values(4);
        float[] before = theta.clone();
        float[][] state = zeros(fedAdam, N);

        for (int round = 0; round < ROUNDS; round++) {
            fedAdam.step(theta, state, deltas[round]);
        }

        for (int i = 0; i < N; i++) {
            double expected = before[i];
            for (int round = 0; round < ROUNDS; round++) {
                double first = 0.2 * decayedSum(deltas, i, round, 0.8, 1);
                double second = 0.05 * decayedSum(deltas, i, round, 0.95, 2);
                expected += 0.2 * first / (Math.sqrt(second) + 0.01);
            }
            assertThat((double) theta[i]).isCloseTo(expected, Offset.offset(1e-6 * Math.max(1, Math.abs(expected))));
            assertThat((double) state[0][i])
                    .isCloseTo(0.2 * decayedSum(deltas, i, ROUNDS - 1, 0.8, 1), Offset.offset(1e-6));
            assertThat((double) state[1][i])
                    .isCloseTo(0.05 * decayedSum(deltas, i, ROUNDS - 1, 0.95, 2), Offset.offset(1e-6));
        }
    }

    @Test
    void theDefaultsTakeTheStepsOfTheirFormulas() {
        float[] theta = {0, 0};
        float[] delta = {1, -1};

        Nesterov.defaults().step(theta, new float[1][2], delta);
        assertThat(theta).containsExactly(1.33f, -1.33f); // 0.7 (1 + 0.9)

        Arrays.fill(theta, 0);
        FedAdam.defaults().step(theta, new float[2][2], delta);
        float step = (float) (0.01 / 0.101); // 0.1 * 0.1 / (sqrt(0.01) + 0.001)
        assertThat(theta).containsExactly(new float[] {step, -step}, Offset.offset(1e-7f));
    }

    @ParameterizedTest
    @MethodSource("all")
    void everyStepMovesTowardTheSources(OuterOptimizer optimizer) {
        float[] theta = values(5);
        float[] delta = values(6);
        float[][] state = zeros(optimizer, N);

        for (int round = 0; round < ROUNDS; round++) {
            float[] before = theta.clone();
            optimizer.step(theta, state, delta);
            for (int i = 0; i < N; i++) {
                assertThat(Math.signum(theta[i] - before[i])).isEqualTo(Math.signum(delta[i]));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void oneShardOf100EqualsTwoOf50BitForBit(OuterOptimizer optimizer) {
        float[][] deltas = deltas(7);
        float[] whole = values(8);
        float[][] state = zeros(optimizer, N);
        float[][] halves = {Arrays.copyOfRange(whole, 0, 50), Arrays.copyOfRange(whole, 50, N)};
        float[][][] halfStates = {zeros(optimizer, 50), zeros(optimizer, 50)};

        for (float[] delta : deltas) {
            optimizer.step(whole, state, delta);
            for (int half = 0; half < 2; half++) {
                float[] halfDelta = Arrays.copyOfRange(delta, 50 * half, 50 * half + 50);
                optimizer.step(halves[half], halfStates[half], halfDelta);
            }
        }

        for (int half = 0; half < 2; half++) {
            assertThat(halves[half]).isEqualTo(Arrays.copyOfRange(whole, 50 * half, 50 * half + 50));
            for (int k = 0; k < optimizer.stateArrays(); k++) {
                assertThat(halfStates[half][k]).isEqualTo(Arrays.copyOfRange(state[k], 50 * half, 50 * half + 50));
            }
        }
    }

    @Test
    void nesterovWithEtaOneAndWithoutMomentumEqualsAveraging() {
        Nesterov nesterov = new Nesterov(1, 0);
        float[] theta = values(9);
        float[] averaged = theta.clone();
        float[][] state = zeros(nesterov, N);

        for (float[] delta : deltas(10)) {
            nesterov.step(theta, state, delta);
            new Averaging().step(averaged, NO_STATE, delta);
        }

        assertThat(theta).isEqualTo(averaged);
    }

    @ParameterizedTest
    @MethodSource("all")
    void arraysThatDoNotFitAreRefused(OuterOptimizer optimizer) {
        int needed = optimizer.stateArrays();

        assertThatThrownBy(() -> optimizer.step(new float[3], new float[needed][3], new float[2]))
                .hasMessageContaining("2 values");
        assertThatThrownBy(() -> optimizer.step(new float[3], new float[needed + 1][3], new float[3]))
                .hasMessageContaining((needed + 1) + " remembered arrays");
    }

    @Test
    void aRememberedArrayOfAnotherLengthIsRefusedBeforeAnythingChanges() {
        float[] theta = new float[3];
        float[][] state = {new float[3], new float[4]};

        assertThatThrownBy(() -> FedAdam.defaults().step(theta, state, new float[] {1, 1, 1}))
                .hasMessageContaining("array of 4 values");

        assertThat(theta).containsOnly(0f);
        assertThat(state[0]).containsOnly(0f);
    }

    @Test
    void settingsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new Nesterov(0, 0.9)).hasMessageContaining("eta");
        assertThatThrownBy(() -> new Nesterov(Double.NaN, 0.9)).hasMessageContaining("eta");
        assertThatThrownBy(() -> new Nesterov(0.7, 1)).hasMessageContaining("mu");
        assertThatThrownBy(() -> new FedAdam(Double.POSITIVE_INFINITY, 0.9, 0.99, 1e-3))
                .hasMessageContaining("eta");
        assertThatThrownBy(() -> new FedAdam(0.1, -0.1, 0.99, 1e-3)).hasMessageContaining("beta1");
        assertThatThrownBy(() -> new FedAdam(0.1, 0.9, Double.NaN, 1e-3)).hasMessageContaining("beta2");
        assertThatThrownBy(() -> new FedAdam(0.1, 0.9, 0.99, 0)).hasMessageContaining("tau");
    }

    /** A moment after a round without its recursion: the sum of decay^age * delta^power over all rounds so far. */
    private static double decayedSum(float[][] deltas, int i, int round, double decay, int power) {
        double sum = 0;
        for (int past = 0; past <= round; past++) {
            sum += Math.pow(decay, round - past) * Math.pow(deltas[past][i], power);
        }
        return sum;
    }

    private static float[][] zeros(OuterOptimizer optimizer, int length) {
        return new float[optimizer.stateArrays()][length];
    }

    private static float[][] deltas(long seed) {
        Random random = new Random(seed);
        float[][] deltas = new float[ROUNDS][];
        Arrays.setAll(deltas, round -> values(random.nextLong()));
        return deltas;
    }

    private static float[] values(long seed) {
        Random random = new Random(seed);
        float[] values = new float[N];
        for (int i = 0; i < N; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
