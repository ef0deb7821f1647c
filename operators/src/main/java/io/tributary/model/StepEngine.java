package io.tributary.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The numerical engine of one training subtask: it makes bodies and sources, and runs the step program on them.
 *
 * <p>Engines stand side by side in a JVM without touching each other; each is used by one thread at a time. What an
 * engine made lives in native memory and is freed with it at the latest.
 */
public final class StepEngine implements AutoCloseable {
    /** Names of arrays; those of one name make one list of the step program's arguments. */
    static final String PARAMETERS = "params[]";

    static final String FIRST_MOMENT = "m[]";
    static final String SECOND_MOMENT = "v[]";

    private final ModelShape shape;
    private final NDManager manager;
    private final NDManager host;
    private final StepProgram program;
    private final NDList programSettings;
    private final NDArray optimizer;

    private StepEngine(ModelShape shape, Precision precision, AdamW adamW, NDManager manager, StepProgram program) {
        this.shape = shape;
        this.manager = manager;
        this.program = program;
        // The program reads its settings as numbers, so they stay on the host whatever the device.
        this.host = manager.newSubManager(Device.cpu());
        this.programSettings = new NDList(
                host.create(BodyLayout.of(shape).sizes()),
                host.create(new long[] {shape.width(), shape.heads(), precision.scalarType()}));
        this.optimizer = host.create(
                new double[] {0, adamW.beta1(), adamW.beta2(), adamW.epsilon(), adamW.weightDecay(), adamW.clip()});
    }

    /**
     * Opens an engine on the CPU.
     *
     * @throws IllegalStateException if the PyTorch engine or the step program cannot be loaded; it says what to do
     */
    public static StepEngine open(ModelShape shape, Precision precision, AdamW adamW) {
        return open(shape, precision, adamW, Device.cpu());
    }

    /**
     * Opens an engine on a device.
     *
     * @throws IllegalStateException if the PyTorch engine or the step program cannot be loaded; it says what to do
     */
    public static StepEngine open(ModelShape shape, Precision precision, AdamW adamW, Device device) {
        NDManager manager = PyTorch.newManager(device);
        try {
            return new StepEngine(shape, precision, adamW, manager, StepProgram.load(device));
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** The shape of every body and source of this engine. */
    public ModelShape shape() {
        return shape;
    }

    /** A body of zeros, to be filled with {@link Body#put}. */
    public Body newBody(long round) {
        return new Body(round, NativeVector.zeros(manager, PARAMETERS, shape.bodyParameters()));
    }

    /**
     * A source with fresh embeddings.
     *
     * @param name decides the initial values, together with the seed
     * @param pieces V, the size of its vocabulary
     */
    public SourceModel newSource(String name, int pieces, long seed) {
        SourceModel source = new SourceModel(this, name, pieces);
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

    /** An owner for the arrays of one source or one call. */
    NDManager newManager() {
        return manager.newSubManager();
    }

    /** One step: the model's parameters, moments and step count change in place. */
    StepResult step(NDList model, int[] tokensBT1, int rows, int pieces, double learningRate) {
        optimizer.toByteBuffer(true).asDoubleBuffer().put(0, learningRate);
        try (NDManager scratch = newManager()) {
            NDArray tokens = tokens(scratch, tokensBT1, rows, pieces);
            NDArray result = call(scratch, "train_step", model, tokens, new NDList(optimizer))
                    .get(0);
            float[] lossAndNorm = result.toFloatArray();
            return new StepResult(lossAndNorm[0], lossAndNorm[1]);
        }
    }

    /** Summed nats of all targets. */
    double evaluate(NDList parameters, int[] tokensBT1, int rows, int pieces) {
        try (NDManager scratch = newManager()) {
            NDArray tokens = tokens(scratch, tokensBT1, rows, pieces);
            return call(scratch, "evaluate", parameters, tokens, new NDList())
                    .get(0)
                    .getDouble();
        }
    }

    /** Calls a method that takes a model, tokens, the sizes and settings, and perhaps more. */
    NDList call(NDManager scratch, String method, NDList model, NDArray tokens, NDList more) {
        return program.call(scratch, method, List.of(model, new NDList(tokens), programSettings, more));
    }

    /** Token ids as an array [B, T+1] that {@code scratch} owns. */
    NDArray tokens(NDManager scratch, int[] tokensBT1, int rows, int pieces) {
        int rowLength = shape.sequenceLength() + 1;
        if (rows < 1 || tokensBT1.length != Math.multiplyExact(rows, rowLength)) {
            throw new IllegalArgumentException(
                    "%d ids do not make %d rows of %d tokens".formatted(tokensBT1.length, rows, rowLength));
        }
        for (int id : tokensBT1) {
            if (id < 0 || id >= pieces) {
                throw new IllegalArgumentException(
                        "Token id %d is not in a vocabulary of %d pieces".formatted(id, pieces));
            }
        }
        // Memory of the engine's own: a direct buffer for every step would wait for the garbage collector.
        Shape shapeBT1 = new Shape(rows, rowLength);
        NDArray tokens = scratch.create(shapeBT1, DataType.INT32);
        ByteBuffer buffer = tokens.toByteBuffer(true);
        buffer.asIntBuffer().put(tokensBT1);
        return tokens.getDevice().isGpu() ? scratch.create(buffer, shapeBT1, DataType.INT32) : tokens;
    }

    @Override
    public void close() {
        program.close();
        manager.close();
    }
}
