package io.tributary.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import java.io.IOException;
import java.util.List;

/**
 * The finished model of one source, to be judged and talked to: a body of N values, token embeddings [V, d] and, where
 * they are learned, positions [T, d]. Always computed in 32-bit floats on the CPU; nothing of it changes.
 *
 * <p>Native memory: {@code 4 (N + V*d + T*d)} bytes, and while text is judged what its rows need. Used by one thread at a
 * time.
 */
public final class LanguageModel implements AutoCloseable {
    /** Logits that exist at the same time, 64 MiB; at least those of one target. */
    private static final long LOGITS = 1L << 24;

    private final ModelShape shape;
    private final int pieces;
    private final NDManager manager;
    private final StepProgram program;
    private final NDList parameters = new NDList();
    private final NDList settings;
    /** The step program's room; without gradients and in 32-bit floats all of it but the logits is empty. */
    private final NDList room = new NDList();

    /** Gives the values of a group from an index on. */
    @FunctionalInterface
    public interface Values {
        void copy(ParameterGroup group, long from, float[] out) throws IOException;
    }

    private LanguageModel(ModelShape shape, int pieces, NDManager manager, StepProgram program) {
        this.shape = shape;
        this.pieces = pieces;
        this.manager = manager;
        this.program = program;
        this.settings = new NDList(
                manager.create(BodyLayout.of(shape).sizes()),
                manager.create(SavedProgram.settings(shape, Computing.onCpu(Precision.FP32))));
        for (int i = 0; i < 5; i++) {
            long size = i < 4 ? 0 : Math.max(1, LOGITS / pieces) * pieces;
            NDArray array = manager.zeros(new Shape(size), DataType.FLOAT32);
            array.setName("room[]");
            room.add(array);
        }
    }

    /**
     * Loads a model, slice by slice.
     *
     * @param shape with the T of the source
     * @param pieces V
     * @throws IOException if the values cannot be read
     * @throws IllegalStateException if the PyTorch engine cannot be loaded; it says what to do
     */
    public static LanguageModel load(ModelShape shape, int pieces, Values values) throws IOException {
        NDManager manager = PyTorch.newManager(Device.cpu());
        try {
            LanguageModel model = new LanguageModel(
                    shape,
                    pieces,
                    manager,
                    StepProgram.load(
                            ProgramArchive.of("Decoder", shape.architecture().program()), Device.cpu()));
            model.fill(ParameterGroup.BODY, shape.bodyParameters(), values);
            model.fill(ParameterGroup.TOKENS, shape.tokenParameters(pieces), values);
            model.fill(ParameterGroup.POSITIONS, shape.positionParameters(), values);
            return model;
        } catch (IOException | RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    private void fill(ParameterGroup group, long size, Values values) throws IOException {
        if (size == 0) {
            return;
        }
        NativeVector vector = NativeVector.zeros(manager, StepEngine.listOf(Quantity.PARAMETERS), size);
        vector.load((from, out) -> values.copy(group, from, out));
        parameters.add(vector.array());
    }

    /** With the T of the source. */
    public ModelShape shape() {
        return shape;
    }

    /** V. */
    public int pieces() {
        return pieces;
    }

    /**
     * Summed loss of all targets in nats.
     *
     * @param tokensBT1 ids, row after row of equal length; a row's tokens but the first are targets
     * @param rows B
     * @throws IllegalArgumentException if the ids do not fill rows of 2 to T+1 tokens, or are not in the vocabulary
     */
    public double nats(int[] tokensBT1, int rows) {
        int rowLength = rows < 1 ? 0 : tokensBT1.length / rows;
        if (rowLength * rows != tokensBT1.length || rowLength < 2 || rowLength > shape.sequenceLength() + 1) {
            throw new IllegalArgumentException("%d ids do not make %d rows of 2 to %d tokens"
                    .formatted(tokensBT1.length, rows, shape.sequenceLength() + 1));
        }
        StepEngine.requireIds(tokensBT1, pieces);
        try (NDManager scratch = manager.newSubManager()) {
            NDList tokens = new NDList(scratch.create(tokensBT1, new Shape(rows, rowLength)));
            return program.call(scratch, "evaluate", List.of(parameters, tokens, settings, room))
                    .get(0)
                    .getDouble();
        }
    }

    /** Begins to read a text; to be closed before the model. */
    public Decoding decoding() {
        return new Decoding(manager.newSubManager(), program, parameters, shape, pieces);
    }

    @Override
    public void close() {
        program.close();
        manager.close();
    }
}
