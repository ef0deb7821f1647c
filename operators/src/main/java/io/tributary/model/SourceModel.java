package io.tributary.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one source trains: its own token and position embeddings, AdamW's moments and step count, and during a round a
 * working copy of the body.
 *
 * <p>The moments of the body stay with the source from round to round. Native memory, in 4-byte floats:
 * {@code 3 (V*d + T*d) + 2 N}, and N more during a round. Used by the engine's thread only.
 */
public final class SourceModel implements AutoCloseable {
    private final StepEngine engine;
    private final NDManager manager;
    private final String name;
    private final int pieces;
    private final NativeVector tokensVD;
    private final NativeVector positionsTD;
    private final List<NativeVector> moments = new ArrayList<>();
    private final NativeVector stepCount;
    private @Nullable NativeVector workingN;

    /** A source of zeros. */
    SourceModel(StepEngine engine, String name, int pieces) {
        if (name.isBlank() || pieces < 1) {
            throw new IllegalArgumentException(
                    "A source needs a name and at least one piece, but they are '%s' and %d".formatted(name, pieces));
        }
        this.engine = engine;
        this.manager = engine.newManager();
        this.name = name;
        this.pieces = pieces;
        ModelShape shape = engine.shape();
        long tokens = shape.tokenParameters(pieces);
        long positions = shape.positionParameters();
        tokensVD = NativeVector.zeros(manager, StepEngine.PARAMETERS, tokens);
        positionsTD = NativeVector.zeros(manager, StepEngine.PARAMETERS, positions);
        for (String moment : List.of(StepEngine.FIRST_MOMENT, StepEngine.SECOND_MOMENT)) {
            for (long size : new long[] {shape.bodyParameters(), tokens, positions}) {
                moments.add(NativeVector.zeros(manager, moment, size));
            }
        }
        stepCount = NativeVector.zeros(manager, "step", 1);
    }

    /** Draws the embeddings. */
    void initialize(long seed) {
        tokensVD.fill((from, out) -> Initializer.tokens(name, seed, from, out));
        positionsTD.fill((from, out) -> Initializer.positions(name, seed, from, out));
    }

    /** The name of the source. */
    public String name() {
        return name;
    }

    /** V, the size of the source's vocabulary. */
    public int pieces() {
        return pieces;
    }

    /** How many steps AdamW has counted since the source began; steps that were not applied do not count. Exact up
     * to 2^24, where a 32-bit float stops counting and AdamW's bias corrections have long been 1.
     */
    public long steps() {
        float[] count = new float[1];
        stepCount.copyTo(0, count);
        return (long) count[0];
    }

    /** Whether the source holds a working copy of the body. */
    public boolean inRound() {
        return workingN != null;
    }

    /**
     * Begins a round: copies the body, natively.
     *
     * @throws IllegalStateException if the source is in a round already
     */
    public void begin(Body body) {
        if (workingN != null) {
            throw new IllegalStateException("Source %s is in a round; it must end before the next".formatted(name));
        }
        workingN = body.vector().duplicate(manager);
    }

    /** Opens a round with a working body of zeros, which the caller fills from a checkpoint. */
    void resume() {
        workingN = NativeVector.zeros(
                manager, StepEngine.PARAMETERS, engine.shape().bodyParameters());
    }

    /**
     * Trains one batch: forward, backward, clipping and AdamW in one native call.
     *
     * @param tokensBT1 ids, row after row of T+1
     * @param rows B
     * @throws IllegalStateException outside a round
     * @throws IllegalArgumentException if the ids do not fill the rows or are not in the vocabulary
     */
    public StepResult step(int[] tokensBT1, int rows, double learningRate) {
        NDList model = parameters(working());
        moments.forEach(moment -> model.add(moment.array()));
        model.add(stepCount.array());
        return engine.step(model, tokensBT1, rows, pieces, learningRate);
    }

    /**
     * Copies theta^k - theta, the working body less the one the round began with, into {@code out}.
     *
     * @param base the body that the round began with
     * @param from index of the slice in the flat body
     * @throws IllegalStateException outside a round
     */
    public void delta(Body base, long from, float[] out) {
        working().minus(base.vector(), from, out);
    }

    /**
     * Ends the round and frees the working copy; the moments stay.
     *
     * @throws IllegalStateException outside a round
     */
    public void end() {
        working().close();
        workingN = null;
    }

    /**
     * Summed loss of all targets in nats, with that body and the source's own embeddings; nothing changes.
     *
     * @param tokensBT1 ids, row after row of T+1
     * @param rows B
     * @throws IllegalArgumentException if the ids do not fill the rows or are not in the vocabulary
     */
    public double evaluate(Body body, int[] tokensBT1, int rows) {
        return engine.evaluate(parameters(body.vector()), tokensBT1, rows, pieces);
    }

    /**
     * Copies a slice of the token embedding.
     *
     * @param from index in the flat embedding, row * d + column
     */
    public void copyTokens(long from, float[] out) {
        tokensVD.copyTo(from, out);
    }

    /**
     * Copies a slice of the position embedding.
     *
     * @param from index in the flat embedding, position * d + column
     */
    public void copyPositions(long from, float[] out) {
        positionsTD.copyTo(from, out);
    }

    /**
     * Writes everything that {@link StepEngine#readSource} needs to go on with the same bits, straight from native
     * memory; {@link SourceState} has the format.
     */
    public void write(OutputStream out) throws IOException {
        SourceState.write(this, engine.shape(), out);
    }

    /** All tensors in the order of the state; during a round the working body comes last. */
    List<NativeVector> vectors() {
        List<NativeVector> vectors = new ArrayList<>(List.of(stepCount, tokensVD, positionsTD));
        vectors.addAll(moments);
        if (workingN != null) {
            vectors.add(workingN);
        }
        return vectors;
    }

    /** The parameter groups as the step program takes them. */
    NDList parameters(NativeVector bodyN) {
        return new NDList(bodyN.array(), tokensVD.array(), positionsTD.array());
    }

    private NativeVector working() {
        if (workingN == null) {
            throw new IllegalStateException("Source %s is in no round; it must begin one first".formatted(name));
        }
        return workingN;
    }

    /** Frees the memory at once. */
    @Override
    public void close() {
        manager.close();
    }
}
