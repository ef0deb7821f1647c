package io.tributary.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The order of the body's tensors in its flat form: the one table that the count of parameters, the step program's
 * split, the initial values and the names in a snapshot come from.
 *
 * <p>Names are those of GPT-2 at Hugging Face ({@code h.0.ln_1.weight}). Linear weights are stored [out, in], as
 * {@code torch.linear} wants them; GPT-2's checkpoints hold them transposed, [in, out].
 */
public record BodyLayout(List<BodyTensor> tensors) {
    /** GPT-2's standard deviation of initial weights. */
    static final double DEVIATION = 0.02;

    public BodyLayout {
        tensors = List.copyOf(tensors);
    }

    /**
     * A tensor of the body.
     *
     * @param name as GPT-2 calls it
     * @param shape rows first
     * @param offset of its first element in the flat body
     * @param initial what its elements are drawn from
     */
    public record BodyTensor(String name, List<Integer> shape, long offset, Normal initial) {
        public BodyTensor {
            shape = List.copyOf(shape);
        }

        /** How many elements the tensor has. */
        public long size() {
            return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        }
    }

    /** A normal distribution; a constant where the deviation is 0. */
    public record Normal(double mean, double deviation) {
        static final Normal ZERO = new Normal(0, 0);
        static final Normal ONE = new Normal(1, 0);
    }

    /** The layout of a body of this shape. */
    public static BodyLayout of(ModelShape shape) {
        int d = shape.width();
        Normal weight = new Normal(0, DEVIATION);
        // Each layer adds two projections to the residual stream; GPT-2 keeps the sum's variance independent of depth.
        Normal residual = new Normal(0, DEVIATION / Math.sqrt(2.0 * shape.layers()));
        Builder body = new Builder();
        for (int layer = 0; layer < shape.layers(); layer++) {
            String h = "h." + layer + ".";
            body.layerNorm(h + "ln_1", d);
            body.linear(h + "attn.c_attn", 3 * d, d, weight);
            body.linear(h + "attn.c_proj", d, d, residual);
            body.layerNorm(h + "ln_2", d);
            body.linear(h + "mlp.c_fc", 4 * d, d, weight);
            body.linear(h + "mlp.c_proj", d, 4 * d, residual);
        }
        body.layerNorm("ln_f", d);
        return new BodyLayout(body.tensors);
    }

    /** N, the length of the flat body. */
    public long parameters() {
        BodyTensor last = tensors.get(tensors.size() - 1);
        return last.offset() + last.size();
    }

    /** The sizes of the tensors in their order, as the step program splits the body. */
    long[] sizes() {
        return tensors.stream().mapToLong(BodyTensor::size).toArray();
    }

    private static final class Builder {
        private final List<BodyTensor> tensors = new ArrayList<>();
        private long offset;

        void layerNorm(String name, int width) {
            add(name + ".weight", List.of(width), Normal.ONE);
            add(name + ".bias", List.of(width), Normal.ZERO);
        }

        void linear(String name, int out, int in, Normal initial) {
            add(name + ".weight", List.of(out, in), initial);
            add(name + ".bias", List.of(out), Normal.ZERO);
        }

        private void add(String name, List<Integer> shape, Normal initial) {
            BodyTensor tensor = new BodyTensor(name, shape, offset, initial);
            tensors.add(tensor);
            offset += tensor.size();
        }
    }
}
