package io.tributary.merge;

import java.io.Serializable;

/** Turns the mean delta of a round into the next body, shard by shard. */
public sealed interface OuterOptimizer extends Serializable {
    /** How many arrays of a shard's length it remembers between rounds: its momenta. They start as zeros. */
    int stateArrays();

    /**
     * Takes one outer step on a shard, in place.
     *
     * @param thetaN the shard's parameters
     * @param stateKN the K = {@link #stateArrays()} remembered arrays
     * @param meanDeltaN weighted mean of what the sources moved away from the body
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
            if (meanDeltaN.length != thetaN.length || stateKN.length != stateArrays()) {
                throw new IllegalArgumentException(
                        "A mean delta of %d values and %d remembered arrays do not fit a shard of %d that needs %d"
                                .formatted(meanDeltaN.length, stateKN.length, thetaN.length, stateArrays()));
            }
            for (int i = 0; i < thetaN.length; i++) {
                thetaN[i] += meanDeltaN[i];
            }
        }
    }
}
