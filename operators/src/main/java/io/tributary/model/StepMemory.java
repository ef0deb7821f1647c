package io.tributary.model;

/**
 * Bytes of native memory that one step adds to a source's parameters and moments. Gradients, rounded parameters and logits
 * stay ({@link StepRoom}); the rest comes and goes with each step.
 *
 * @param gradients of all parameters, float32: 4 (N + V*d + T*d)
 * @param rounded where less than 32 bits are computed with, the body, the token embedding and its gradient: 2 (N + 2 V*d)
 * @param logits of as many targets as fit
 * @param layerGradients of the body in the type that is computed with, before they are added up
 * @param activations what the layers keep for the backward pass, and a quarter more for the holes that malloc leaves
 *     between (measured: 1.0 to 1.33)
 * @param products the packed token embedding in oneDNN's products of the head; MKL's in float32 need next to nothing
 */
public record StepMemory(
        long gradients, long rounded, long logits, long layerGradients, long activations, long products) {
    /** Scores of attention that are kept for one layer; above, the fused attention keeps none of them. */
    private static final long SCORES = 1L << 24;

    private static final double HOLES = 1.25;

    /**
     * What a step needs.
     *
     * @param pieces V
     * @param rows that go through the layers together; T is that of the shape
     */
    public static StepMemory of(ModelShape shape, int pieces, int rows, Precision precision) {
        long body = shape.bodyParameters();
        long tokens = shape.tokenParameters(pieces);
        boolean rounds = precision != Precision.FP32;
        int bytes = precision.bytes();
        long values = (long) rows * shape.sequenceLength() * shape.layers() * keptValues(shape, rows, precision);
        return new StepMemory(
                Float.BYTES * (body + tokens + shape.positionParameters()),
                rounds ? bytes * (body + 2 * tokens) : 0,
                bytes * StepRoom.logits(pieces, rows, shape.sequenceLength()),
                bytes * body,
                (long) (HOLES * values * bytes),
                rounds ? bytes * tokens : 0);
    }

    /**
     * Values that a layer keeps of each token. GPT-2: inputs of the two layer norms and of the four products, queries, keys
     * and values, and the wide layer before GELU, 16 d (arXiv 2205.05198, section 4.1, has 17 d with a dropout). Llama:
     * RMSNorm is put together from operators that keep 5 d (3 d in float32, where x is not converted), SwiGLU keeps four
     * times its width. Shares of attention come on top where they are kept. Measured for both in both precisions.
     */
    private static long keptValues(ModelShape shape, int rows, Precision precision) {
        long d = shape.width();
        boolean rounds = precision != Precision.FP32;
        long scores = (long) shape.heads() * shape.sequenceLength();
        long shares = rounds && rows * scores * shape.sequenceLength() <= SCORES ? scores : 0;
        if (shape.architecture() instanceof Architecture.Llama llama) {
            long normed = d + (long) llama.keyValueHeads() * (d / shape.heads());
            return (rounds ? 14 : 12) * d
                    + 4L * llama.feedForward()
                    + (llama.queryKeyNorm() ? (rounds ? 4 : 3) * normed : 0)
                    + shares;
        }
        return 16 * d + shares;
    }

    /** All of it. */
    public long total() {
        return gradients + rounded + logits + layerGradients + activations + products;
    }
}
