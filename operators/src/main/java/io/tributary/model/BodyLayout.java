package io.tributary.model;

import io.tributary.model.Architecture.Llama;
import java.util.ArrayList;
import java.util.List;

/**
 * The order of the body's tensors in its flat form: the one table that the count of parameters, the step program's
 * split, the initial values and the names in a snapshot come from.
 *
 * <p>Names are those of Hugging Face ({@code h.0.ln_1.weight}). Linear weights are stored [out, in], as
 * {@code torch.linear} wants them; GPT-2's checkpoints hold them transposed, [in, out]. Llama's q, k and v projections lie
 * below each other in one tensor, {@code qkv_proj}, and so do gate and up in {@code gate_up_proj}: one product for each.
 */
public record BodyLayout(List<BodyTensor> tensors) {
    /** GPT-2's standard deviation of initial weights. */
    static final double DEVIATION = 0.02;

    private static final Normal WEIGHT = new Normal(0, DEVIATION);

    public BodyLayout {
        tensors = List.copyOf(tensors);
    }

    /**
     * A tensor of the body.
     *
     * @param name as the architecture calls it
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
        Builder body = new Builder();
        if (shape.architecture() instanceof Llama llama) {
            llama(shape, llama, body);
        } else {
            gpt2(shape, body);
        }
        return new BodyLayout(body.tensors);
    }

    /** Each layer adds two projections to the residual stream; GPT-2 keeps the sum's variance independent of depth. */
    private static Normal residual(ModelShape shape) {
        return new Normal(0, DEVIATION / Math.sqrt(2.0 * shape.layers()));
    }

    private static void gpt2(ModelShape shape, Builder body) {
        int d = shape.width();
        Normal residual = residual(shape);
        for (int layer = 0; layer < shape.layers(); layer++) {
            String h = "h." + layer + ".";
            body.layerNorm(h + "ln_1", d);
            body.linear(h + "attn.c_attn", 3 * d, d, WEIGHT);
            body.linear(h + "attn.c_proj", d, d, residual);
            body.layerNorm(h + "ln_2", d);
            body.linear(h + "mlp.c_fc", 4 * d, d, WEIGHT);
            body.linear(h + "mlp.c_proj", d, 4 * d, residual);
        }
        body.layerNorm("ln_f", d);
    }

    private static void llama(ModelShape shape, Llama llama, Builder body) {
        int d = shape.width();
        int e = d / shape.heads();
        int ff = llama.feedForward();
        Normal residual = residual(shape);
        for (int layer = 0; layer < shape.layers(); layer++) {
            String h = "layers." + layer + ".";
            body.gain(h + "input_layernorm", d);
            body.weight(h + "self_attn.qkv_proj", d + 2 * llama.keyValueHeads() * e, d, WEIGHT);
            if (llama.queryKeyNorm()) {
                body.gain(h + "self_attn.q_norm", e);
                body.gain(h + "self_attn.k_norm", e);
            }
            body.weight(h + "self_attn.o_proj", d, d, residual);
            body.gain(h + "post_attention_layernorm", d);
            body.weight(h + "mlp.gate_up_proj", 2 * ff, d, WEIGHT);
            body.weight(h + "mlp.down_proj", d, ff, residual);
        }
        body.gain("norm", d);
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
            gain(name, width);
            add(name + ".bias", List.of(width), Normal.ZERO);
        }

        void gain(String name, int width) {
            add(name + ".weight", List.of(width), Normal.ONE);
        }

        void weight(String name, int out, int in, Normal initial) {
            add(name + ".weight", List.of(out, in), initial);
        }

        void linear(String name, int out, int in, Normal initial) {
            weight(name, out, in, initial);
            add(name + ".bias", List.of(out), Normal.ZERO);
        }

        private void add(String name, List<Integer> shape, Normal initial) {
            BodyTensor tensor = new BodyTensor(name, shape, offset, initial);
            tensors.add(tensor);
            offset += tensor.size();
        }
    }
}
