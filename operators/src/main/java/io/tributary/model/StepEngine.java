package io.tributary.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.TensorId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The numerical engine of one training subtask: it makes sources and what they share, and runs the step program on them.
 *
 * <p>Engines stand side by side in a JVM without touching each other; each is used by one thread at a time. What an
 * engine made lives in native memory and is freed with it at the latest.
 */
public final class StepEngine implements AutoCloseable {
    private final ModelShape shape;
    private final Set<ParameterGroup> shared;
    private final NDManager manager;
    private final NDManager host;
    private final StepProgram program;
    private final NDList programSettings;
    private final StepRoom room;
    private final NDArray optimizer;

    private StepEngine(
            ModelShape shape,
            Computing computing,
            AdamW adamW,
            Set<ParameterGroup> shared,
            NDManager manager,
            StepProgram program) {
        this.shape = shape;
        Set<ParameterGroup> existing = EnumSet.noneOf(ParameterGroup.class);
        existing.addAll(shared);
        if (!shape.learnsPositions()) {
            existing.remove(ParameterGroup.POSITIONS);
        }
        this.shared = Collections.unmodifiableSet(existing);
        this.manager = manager;
        this.program = program;
        // The program reads its settings as numbers, so they stay on the host whatever the device.
        this.host = manager.newSubManager(Device.cpu());
        this.programSettings = new NDList(
                host.create(BodyLayout.of(shape).sizes()), host.create(SavedProgram.settings(shape, computing)));
        this.room = new StepRoom(
                manager,
                computing,
                (scratch, lengths, beside) -> program.call(
                        scratch,
                        "zeros",
                        List.of(
                                new NDList(host.create(lengths)),
                                new NDList(programSettings.get(1)),
                                new NDList(beside))));
        this.optimizer = host.create(
                new double[] {0, adamW.beta1(), adamW.beta2(), adamW.epsilon(), adamW.weightDecay(), adamW.clip()});
    }

    /**
     * Opens an engine on the CPU that takes all rows of a batch together.
     *
     * @param shared the parameter groups that sources have from a round's beginning to its end; the others are their own
     * @throws IllegalStateException if the PyTorch engine or the step program cannot be loaded; it says what to do
     */
    public static StepEngine open(ModelShape shape, Precision precision, AdamW adamW, Set<ParameterGroup> shared) {
        return open(shape, Computing.onCpu(precision), adamW, shared);
    }

    /**
     * Opens an engine on a device.
     *
     * @param shared the parameter groups that sources have from a round's beginning to its end; the others are their own
     * @throws IllegalStateException if the PyTorch engine or the step program cannot be loaded; it says what to do
     */
    public static StepEngine open(ModelShape shape, Computing computing, AdamW adamW, Set<ParameterGroup> shared) {
        Device device = computing.device();
        NDManager manager = PyTorch.newManager(device);
        try {
            return new StepEngine(
                    shape,
                    computing,
                    adamW,
                    shared,
                    manager,
                    StepProgram.load(
                            ProgramArchive.of("Decoder", shape.architecture().program()), device));
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** The shape of every source of this engine, but for sequence lengths. */
    public ModelShape shape() {
        return shape;
    }

    /** The shared groups, in the order of {@link ParameterGroup}; positions are among them only where they are learned. */
    public Set<ParameterGroup> shared() {
        return shared;
    }

    /**
     * Zeros for a round to start from, to be filled with {@link SharedParameters#put}.
     *
     * @param sizes how many values each tensor that is common to all sources has; rows that belong to one source are
     *     added later
     * @throws IllegalArgumentException if a tensor's group is not shared
     */
    public SharedParameters newShared(long round, Map<TensorId, Long> sizes) {
        return new SharedParameters(this, round, sizes);
    }

    /**
     * A source with fresh values of its private groups.
     *
     * @param name decides the initial values of embeddings, together with the seed; those of a private body are decided
     *     by the seed alone
     * @param pieces V, the size of its vocabulary
     * @param sequenceLength T, the tokens that a row of it predicts
     */
    public SourceModel newSource(String name, int pieces, int sequenceLength, long seed) {
        SourceModel source = new SourceModel(this, name, pieces, sequenceLength);
        source.initialize(seed);
        return source;
    }

    /**
     * A source as {@link SourceModel#write} left it.
     *
     * @param in read up to the end of this source and not further
     * @throws IOException if the state is cut off, of an unknown version, or of a model of another shape
     */
    public SourceModel readSource(InputStream in) throws IOException {
        return SourceState.read(this, in);
    }

    /** Native memory that steps share. */
    long roomBytes() {
        return room.bytes();
    }

    /** An owner for the arrays of one source or one call. */
    NDManager newManager() {
        return manager.newSubManager();
    }

    /** The name of arrays of a quantity; those of one name make one list of the step program's arguments. */
    static String listOf(Quantity quantity) {
        return switch (quantity) {
            case PARAMETERS -> "params[]";
            case FIRST_MOMENT -> "m[]";
            case SECOND_MOMENT -> "v[]";
        };
    }

    /** One step: the model's parameters, moments and step count change in place. */
    StepResult step(SourceModel source, NDList model, int[] tokensBT1, int rows, double learningRate) {
        optimizer.toByteBuffer(true).asDoubleBuffer().put(0, learningRate);
        try (NDManager scratch = newManager()) {
            NDArray tokens = tokens(scratch, source, tokensBT1, rows);
            NDArray result = call(scratch, "train_step", source, model, tokens, new NDList(optimizer))
                    .get(0);
            float[] lossAndNorm = result.toFloatArray();
            return new StepResult(lossAndNorm[0], lossAndNorm[1]);
        }
    }

    /** Summed nats of all targets. */
    double evaluate(SourceModel source, NDList parameters, int[] tokensBT1, int rows) {
        try (NDManager scratch = newManager()) {
            NDArray tokens = tokens(scratch, source, tokensBT1, rows);
            return call(scratch, "evaluate", source, parameters, tokens, new NDList())
                    .get(0)
                    .getDouble();
        }
    }

    /** Calls a method that takes a model, tokens, the sizes and settings, room, and perhaps more. */
    NDList call(NDManager scratch, String method, SourceModel source, NDList model, NDArray tokens, NDList more) {
        int rows = (int) tokens.getShape().get(0);
        return program.call(
                scratch, method, List.of(model, new NDList(tokens), programSettings, room.of(source, rows), more));
    }

    Decoding decoding(NDManager owner, NDList parameters, int sequenceLength, int pieces) {
        return new Decoding(owner, program, parameters, shape.withSequenceLength(sequenceLength), pieces);
    }

    /** Token ids of a source as an array [B, T+1] that {@code scratch} owns. */
    NDArray tokens(NDManager scratch, SourceModel source, int[] tokensBT1, int rows) {
        int rowLength = source.sequenceLength() + 1;
        if (rows < 1 || tokensBT1.length != Math.multiplyExact(rows, rowLength)) {
            throw new IllegalArgumentException(
                    "%d ids do not make %d rows of %d tokens".formatted(tokensBT1.length, rows, rowLength));
        }
        requireIds(tokensBT1, source.pieces());
        // Memory of the engine's own: a direct buffer for every step would wait for the garbage collector.
        Shape shapeBT1 = new Shape(rows, rowLength);
        NDArray tokens = scratch.create(shapeBT1, DataType.INT32);
        ByteBuffer buffer = tokens.toByteBuffer(true);
        buffer.asIntBuffer().put(tokensBT1);
        return tokens.getDevice().isGpu() ? scratch.create(buffer, shapeBT1, DataType.INT32) : tokens;
    }

    static void requireIds(int[] ids, int pieces) {
        for (int id : ids) {
            if (id < 0 || id >= pieces) {
                throw new IllegalArgumentException(
                        "Token id %d is not in a vocabulary of %d pieces".formatted(id, pieces));
            }
        }
    }

    @Override
    public void close() {
        program.close();
        manager.close();
    }
}
