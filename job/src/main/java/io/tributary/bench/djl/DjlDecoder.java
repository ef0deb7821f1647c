package io.tributary.bench.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.tributary.model.ModelShape;
import java.util.ArrayList;
import java.util.List;

/**
 * GPT-2's decoder of DJL's blocks: ids [B, T] and a mask [T, T] to logits [B T, V], with a head tied to the token
 * embedding. Attention is written out, since DJL has no fused one; its GELU is the exact one, where Tributary has the
 * approximation by tanh.
 */
final class DjlDecoder extends AbstractBlock {
    private final ModelShape shape;
    private final int pieces;
    private final Parameter tokens;
    private final Parameter positions;
    private final List<Layer> layers = new ArrayList<>();
    private final LayerNorm last;

    private record Layer(LayerNorm first, Linear qkv, Linear projection, LayerNorm second, Linear up, Linear down) {}

    DjlDecoder(ModelShape shape, int pieces) {
        this.shape = shape;
        this.pieces = pieces;
        int d = shape.width();
        tokens = addParameter(weight("tokens", new Shape(pieces, d)));
        positions = addParameter(weight("positions", new Shape(shape.sequenceLength(), d)));
        // Children are added in the order of the tensors in Tributary's flat body.
        for (int l = 0; l < shape.layers(); l++) {
            layers.add(new Layer(
                    addChildBlock("ln_1." + l, norm()),
                    addChildBlock("attn." + l, linear(3 * d)),
                    addChildBlock("proj." + l, linear(d)),
                    addChildBlock("ln_2." + l, norm()),
                    addChildBlock("fc." + l, linear(4 * d)),
                    addChildBlock("out." + l, linear(d))));
        }
        last = addChildBlock("ln_f", norm());
    }

    private static Parameter weight(String name, Shape shape) {
        return Parameter.builder()
                .setName(name)
                .setType(Parameter.Type.WEIGHT)
                .optShape(shape)
                .build();
    }

    private static LayerNorm norm() {
        return LayerNorm.builder().axis(2).build();
    }

    private static Linear linear(int out) {
        return Linear.builder().setUnits(out).build();
    }

    @Override
    protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
        long rows = inputs[0].get(0);
        long length = inputs[0].get(1);
        Shape narrow = new Shape(rows, length, shape.width());
        Shape wide = new Shape(rows, length, 4L * shape.width());
        for (Layer layer : layers) {
            layer.first().initialize(manager, type, narrow);
            layer.qkv().initialize(manager, type, narrow);
            layer.projection().initialize(manager, type, narrow);
            layer.second().initialize(manager, type, narrow);
            layer.up().initialize(manager, type, narrow);
            layer.down().initialize(manager, type, wide);
        }
        last.initialize(manager, type, narrow);
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputs) {
        return new Shape[] {new Shape(inputs[0].size(), pieces)};
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> parameters) {
        NDArray ids = inputs.get(0);
        NDArray mask = inputs.get(1);
        NDArray embedding = store.getValue(tokens, ids.getDevice(), training);
        NDArray x = Embedding.embedding(ids, embedding, SparseFormat.DENSE)
                .singletonOrThrow()
                .add(store.getValue(positions, ids.getDevice(), training));
        for (Layer layer : layers) {
            Forward forward = new Forward(store, training);
            x = x.add(attention(forward, layer, forward.of(layer.first(), x), mask));
            NDArray up = Activation.gelu(forward.of(layer.up(), forward.of(layer.second(), x)));
            x = x.add(forward.of(layer.down(), up));
        }
        x = new Forward(store, training).of(last, x).reshape(ids.size(), shape.width());
        return Linear.linear(x, embedding);
    }

    private NDArray attention(Forward forward, Layer layer, NDArray h, NDArray mask) {
        long rows = h.getShape().get(0);
        long length = h.getShape().get(1);
        int perHead = shape.width() / shape.heads();
        NDList qkv = forward.of(layer.qkv(), h).split(3, 2);
        Shape byHead = new Shape(rows, length, shape.heads(), perHead);
        NDArray q = qkv.get(0).reshape(byHead).transpose(0, 2, 1, 3);
        NDArray k = qkv.get(1).reshape(byHead).transpose(0, 2, 3, 1);
        NDArray v = qkv.get(2).reshape(byHead).transpose(0, 2, 1, 3);
        NDArray weights = q.matMul(k).mul(1 / Math.sqrt(perHead)).add(mask).softmax(-1);
        NDArray a = weights.matMul(v).transpose(0, 2, 1, 3).reshape(rows, length, shape.width());
        return forward.of(layer.projection(), a);
    }

    /** Calls blocks with one array. */
    private record Forward(ParameterStore store, boolean training) {
        NDArray of(AbstractBlock block, NDArray x) {
            return block.forward(store, new NDList(x), training).singletonOrThrow();
        }
    }
}
