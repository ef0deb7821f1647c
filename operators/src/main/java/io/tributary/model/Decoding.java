package io.tributary.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tributary.model.Architecture.Llama;
import java.util.Arrays;
import java.util.List;

/**
 * A text that a model reads on, and what it thinks comes next. It remembers the keys and values of the tokens read, so
 * that the next one costs one position: {@code 8 * layers * T * d} bytes, less where heads share them.
 *
 * <p>A model sees T tokens. When more come, the older half is forgotten and the rest is read again from the first position
 * on, since positions are part of what is remembered: a window that slides by half its length costs two positions for
 * each token, where one that slides by one token would cost T.
 *
 * <p>Computed in 32-bit floats, whatever the model was trained in. Used by one thread at a time.
 */
public final class Decoding implements AutoCloseable {
    private final NDManager manager;
    private final NDManager host;
    private final StepProgram program;
    private final NDList parameters;
    private final NDList cache = new NDList();
    private final NDList settings;
    private final int pieces;
    private final int[] context;
    private int length;

    /**
     * @param manager of the parameters' device; it is closed with this
     * @param parameters as the step program takes them; they stay the caller's unless the manager owns them
     * @param shape with the T of the parameters
     */
    Decoding(NDManager manager, StepProgram program, NDList parameters, ModelShape shape, int pieces) {
        this.manager = manager;
        this.host = manager.newSubManager(Device.cpu());
        this.program = program;
        this.parameters = parameters;
        this.pieces = pieces;
        this.context = new int[shape.sequenceLength()];
        this.settings = new NDList(
                host.create(BodyLayout.of(shape).sizes()),
                host.create(SavedProgram.settings(shape, Computing.onCpu(Precision.FP32))));
        int heads = shape.architecture() instanceof Llama llama ? llama.keyValueHeads() : shape.heads();
        long remembered = (long) shape.sequenceLength() * heads * (shape.width() / shape.heads());
        for (int i = 0; i < 2 * shape.layers(); i++) {
            NDArray values = manager.zeros(new Shape(remembered), DataType.FLOAT32);
            values.setName("cache[]");
            cache.add(values);
        }
    }

    /** T, the tokens that the model can see. */
    public int capacity() {
        return context.length;
    }

    /** How many tokens it sees now. */
    public int length() {
        return length;
    }

    /**
     * Reads on.
     *
     * @param ids of at least one token; of more than T only the last count
     * @return logits [V] of the token after them
     * @throws IllegalArgumentException if there are none, or some are not in the vocabulary
     */
    public float[] read(int... ids) {
        StepEngine.requireIds(ids, pieces);
        if (ids.length == 0) {
            throw new IllegalArgumentException("There are no tokens to read");
        }
        return length + ids.length > context.length ? slide(ids) : compute(ids);
    }

    private float[] slide(int[] ids) {
        int[] all = Arrays.copyOf(context, length + ids.length);
        System.arraycopy(ids, 0, all, length, ids.length);
        int kept = Math.max(Math.min(ids.length, context.length), (context.length + 1) / 2);
        length = 0;
        return compute(Arrays.copyOfRange(all, all.length - kept, all.length));
    }

    private float[] compute(int[] ids) {
        try (NDManager scratch = manager.newSubManager();
                NDManager scalars = host.newSubManager()) {
            NDList tokens = new NDList(scratch.create(ids, new Shape(1, ids.length)), scalars.create((long) length));
            float[] logits = program.call(scratch, "logits", List.of(parameters, cache, tokens, settings))
                    .get(0)
                    .toFloatArray();
            System.arraycopy(ids, 0, context, length, ids.length);
            length += ids.length;
            return logits;
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
