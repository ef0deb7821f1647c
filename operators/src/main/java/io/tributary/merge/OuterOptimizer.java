package io.tributary.merge;

import java.io.Serializable;

/**
 * Turns the mean delta of a round into the next body, shard by shard.
 *
 * <p>Every parameter is stepped by itself, so how the body is cut into shards does not change it. An element is computed
 * in double precision and each value that is kept is rounded to float once; sums, products, quotients and roots are
 * the same in every bit on every JVM (since Java 17), so a replayed round gives the same body.
 */
public sealed interface OuterOptimizer extends Serializable {
    /** How many arrays of a shard's length it remembers between rounds: its momenta. They start as zeros. */
    int stateArrays();

    /**
     * Takes one outer step on a shard, in place.
     *
     * @param thetaN the shard's parameters
     * @param stateKN the K = {@link #stateArrays()} remembered arrays
     * @param meanDeltaN weighted mean of what the sources moved away from the body
     * @throws IllegalArgumentException if the arrays do not fit each other; nothing has changed then
     */
    void step(float[] thetaN, float[][] stateKN, float[] meanDeltaN);

    /** Plain parameter averaging: theta = theta + mean delta. Without state. */
    record Averaging() implements OuterOptimizer {
        @Override
        public int stateArrays() {
            return 0;
        }

        @Override
        public void step(float[] thetaN, float[][] stateKN, float[] meanDeltaN) {
            requireFit(stateArrays(), thetaN, stateKN, meanDeltaN);
            for (int i = 0; i < thetaN.length; i++) {
                thetaN[i] += meanDeltaN[i];
            }
        }
    }

    /**
     * Gradient descent with Nesterov's momentum, as in DiLoCo (arXiv 2311.08105). The sources' way back is the gradient:
     * g = -mean delta; b = mu b + g; theta = theta - eta (g + mu b). Remembers b.
     *
     * @param eta the outer learning rate; the best one grows with the number of sources that are merged: 0.4, 0.6, 0.6
     *     and 0.8 for 1, 2, 4 and 8 (arXiv 2503.09799)
     * @param mu decay of the momentum, in [0, 1)
     */
    record Nesterov(double eta, double mu) implements OuterOptimizer {
        public Nesterov {
            requirePositive("eta", eta);
            requireDecay("mu", mu);
        }

        /** The settings of DiLoCo: eta 0.7, mu 0.9. */
        public static Nesterov defaults() {
            return new Nesterov(0.7, 0.9);
        }

        @Override
        public int stateArrays() {
            return 1;
        }

        @Override
        public void step(float[] thetaN, float[][] stateKN, float[] meanDeltaN) {
            requireFit(stateArrays(), thetaN, stateKN, meanDeltaN);
            float[] momentumN = stateKN[0];
            for (int i = 0; i < thetaN.length; i++) {
                double g = -meanDeltaN[i];
                double b = mu * momentumN[i] + g;
                momentumN[i] = (float) b;
                thetaN[i] = (float) (thetaN[i] - eta * (g + mu * b));
            }
        }
    }

    /**
     * Adam on the mean delta (arXiv 2003.00295, algorithm 2), from zero moments and without bias correction:
     * d = mean delta; m = beta1 m + (1 - beta1) d; v = beta2 v + (1 - beta2) d^2; theta = theta + eta m / (sqrt(v) + tau).
     * Remembers m and v.
     *
     * <p>The sign is a plus because d leads toward the sources; Adam's minus belongs to a gradient, which leads away.
     *
     * @param eta the outer learning rate
     * @param beta1 decay of the first moment, in [0, 1)
     * @param beta2 decay of the second moment, in [0, 1)
     * @param tau added to the root of the second moment; deltas far below it are scaled rather than normalized
     */
    record FedAdam(double eta, double beta1, double beta2, double tau) implements OuterOptimizer {
        public FedAdam {
            requirePositive("eta", eta);
            requireDecay("beta1", beta1);
            requireDecay("beta2", beta2);
            requirePositive("tau", tau);
        }

        /** Eta 0.1, betas 0.9 and 0.99, tau 1e-3. */
        public static FedAdam defaults() {
            return new FedAdam(0.1, 0.9, 0.99, 1e-3);
        }

        @Override
        public int stateArrays() {
            return 2;
        }

        @Override
        public void step(float[] thetaN, float[][] stateKN, float[] meanDeltaN) {
            requireFit(stateArrays(), thetaN, stateKN, meanDeltaN);
            float[] firstN = stateKN[0];
            float[] secondN = stateKN[1];
            for (int i = 0; i < thetaN.length; i++) {
                double d = meanDeltaN[i];
                double m = beta1 * firstN[i] + (1 - beta1) * d;
                double v = beta2 * secondN[i] + (1 - beta2) * d * d;
                firstN[i] = (float) m;
                secondN[i] = (float) v;
                thetaN[i] = (float) (thetaN[i] + eta * m / (Math.sqrt(v) + tau));
            }
        }
    }

    private static void requireFit(int stateArrays, float[] thetaN, float[][] stateKN, float[] meanDeltaN) {
        if (meanDeltaN.length != thetaN.length || stateKN.length != stateArrays) {
            throw new IllegalArgumentException(
                    "A mean delta of %d values and %d remembered arrays do not fit a shard of %d that needs %d"
                            .formatted(meanDeltaN.length, stateKN.length, thetaN.length, stateArrays));
        }
        for (float[] rememberedN : stateKN) {
            if (rememberedN.length != thetaN.length) {
                throw new IllegalArgumentException("A remembered array of %d values does not fit a shard of %d"
                        .formatted(rememberedN.length, thetaN.length));
            }
        }
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("%s is positive and finite, but it is %s".formatted(name, value));
        }
    }

    private static void requireDecay(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("%s lies in [0, 1), but it is %s".formatted(name, value));
        }
    }
}
