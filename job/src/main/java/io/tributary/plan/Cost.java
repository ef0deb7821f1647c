package io.tributary.plan;

/**
 * What one source costs under a method, counted in parameters. Of communication only one direction is counted.
 *
 * @param pieces |V|, the size of the source's vocabulary; for {@link Method.Vocabulary#HELD} the mean of all sources
 * @param sizes of the groups that the source holds
 * @param localSteps N_local, the steps of a round
 */
public record Cost(Method method, int pieces, GroupSizes sizes, int localSteps) {
    /** FP32 master weight and AdamW's two moments. */
    private static final int ADAMW_BYTES_PER_PARAMETER = 3 * Float.BYTES;

    public Cost {
        if (pieces < 1 || localSteps < 1) {
            throw new IllegalArgumentException(
                    "Pieces and local steps are at least 1, but they are %d and %d".formatted(pieces, localSteps));
        }
    }

    /** Parameters that the source sends in a round. */
    public long parametersPerRound() {
        long merged = sizes.of(method.merged());
        return method.everyStep() ? Math.multiplyExact(merged, localSteps) : merged;
    }

    /** Parameters that the source sends, per step: those of a round over N_local. */
    public double parametersPerStep() {
        return (double) parametersPerRound() / localSteps;
    }

    /** Bytes of all parameters in FP32 with AdamW's two moments; gradients and activations are not among them. */
    public long adamWBytes() {
        return Math.multiplyExact(sizes.total(), ADAMW_BYTES_PER_PARAMETER);
    }
}
