package io.tributary.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.TensorId;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What one source trains: a body of N values, token embeddings [V, d] and, where positions are learned, position
 * embeddings [T, d], with AdamW's two moments of each and its step count.
 *
 * <p>Groups that the engine shares are here during a round only, as working copies of what the round begins from; the
 * others are the source's own and stay. So do the moments of all groups. Native memory, in 4-byte floats: two moments of
 * {@code N + V*d + T*d}, the private groups, and during a round the shared ones. Used by the engine's thread only.
 */
public final class SourceModel implements AutoCloseable {
    private final StepEngine engine;
    private final NDManager manager;
    private final String name;
    private final int sequenceLength;
    private final NativeVector stepCount;
    /** In the order of the step program's lists. */
    private final Map<ParameterGroup, SourceGroup> groups = new EnumMap<>(ParameterGroup.class);

    private int pieces;
    private boolean inRound;
    private boolean bodyIsFrozen;

    /** A source of zeros, outside a round. */
    SourceModel(StepEngine engine, String name, int pieces, int sequenceLength) {
        if (name.isBlank() || pieces < 1 || sequenceLength < 1) {
            throw new IllegalArgumentException(
                    "A source needs a name, at least one piece and rows of at least one target, but they are '%s', %d and %d"
                            .formatted(name, pieces, sequenceLength));
        }
        this.engine = engine;
        this.manager = engine.newManager();
        this.name = name;
        this.pieces = pieces;
        this.sequenceLength = sequenceLength;
        for (ParameterGroup group : ParameterGroup.values()) {
            long size = sizeOf(group);
            if (size > 0) {
                SourceGroup tensors = new SourceGroup(manager, name, group, size);
                groups.put(group, tensors);
                if (!isShared(group)) {
                    tensors.allocate();
                }
            }
        }
        stepCount = NativeVector.zeros(manager, "step", 1);
    }

    private long sizeOf(ParameterGroup group) {
        ModelShape shape = engine.shape();
        return switch (group) {
            case BODY -> shape.bodyParameters();
            case TOKENS -> shape.tokenParameters(pieces);
            case POSITIONS -> shape.positionParameters(sequenceLength);
        };
    }

    /** Draws the private groups. */
    void initialize(long seed) {
        groups.forEach((group, tensors) -> {
            if (!isShared(group)) {
                tensors.parameters().fill(initial(group, seed, 0));
            }
        });
    }

    private NativeVector.Values initial(ParameterGroup group, long seed, int epoch) {
        return switch (group) {
            case BODY -> (from, out) -> Initializer.body(engine.shape(), seed, from, out);
            case TOKENS -> (from, out) -> Initializer.tokens(name, seed, epoch, from, out);
            case POSITIONS -> (from, out) -> Initializer.positions(name, seed, from, out);
        };
    }

    /** From now on steps leave the body as it is: they compute no gradient of it, and it has no share in the norm. */
    public void freezeBody() {
        bodyIsFrozen = true;
    }

    /** The name of the source. */
    public String name() {
        return name;
    }

    /** V, the size of the source's vocabulary. */
    public int pieces() {
        return pieces;
    }

    /** T, the tokens that a row of this source predicts. */
    public int sequenceLength() {
        return sequenceLength;
    }

    /** How many values of a group the source has: N, V*d or T*d; none of positions that are not learned. */
    public long elements(ParameterGroup group) {
        return sizeOf(group);
    }

    /**
     * How many steps AdamW has counted since the source began, or since its moments were reset; steps that were not
     * applied do not count. Exact up to 2^24, where a 32-bit float stops counting and AdamW's bias corrections have long
     * been 1.
     */
    public long steps() {
        float[] count = new float[1];
        stepCount.copyTo(0, count);
        return (long) count[0];
    }

    /** Whether the source is inside a round, with working copies of the shared groups. */
    public boolean inRound() {
        return inRound;
    }

    /**
     * Begins a round: copies the shared groups, natively. Moments of shared groups that the base holds as well take the
     * place of the source's own.
     *
     * @throws IllegalStateException if the source is in a round already, or the base lacks a shared group or has less of
     *     it than the source
     */
    public void begin(SharedParameters base) {
        begin(base, true);
    }

    /**
     * Begins a round.
     *
     * @param takesMoments whether moments that the base holds take the place of the source's own
     * @throws IllegalStateException as above
     */
    public void begin(SharedParameters base, boolean takesMoments) {
        requireOutside("begin a round");
        engine.shared().forEach(group -> group(group).begin(base, takesMoments));
        inRound = true;
    }

    /** Opens a round with working copies of zeros, which the caller fills from a checkpoint. */
    void resume() {
        engine.shared().forEach(group -> group(group).allocate());
        inRound = true;
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
        requireInside();
        NDList model = new NDList();
        for (Quantity quantity : Quantity.values()) {
            groups.forEach((group, tensors) -> {
                // What has no moments in the program's lists is not trained.
                boolean isTrained = group != ParameterGroup.BODY || !bodyIsFrozen;
                if (isTrained || quantity == Quantity.PARAMETERS) {
                    model.add(tensors.tensor(quantity).array());
                }
            });
        }
        model.add(stepCount.array());
        return engine.step(this, model, tokensBT1, rows, learningRate);
    }

    /**
     * Copies what the source contributes to a shared tensor into {@code out}: of parameters the working copy less what
     * the round began with (theta^k - theta), of a moment the moment itself, since the mean of the sources replaces it.
     *
     * @param base what the round began with
     * @param from index in the flat tensor of this source, which has {@link #elements} values
     * @throws IllegalStateException outside a round
     * @throws IllegalArgumentException if the group is private
     * @throws IndexOutOfBoundsException if the slice does not lie within the source's tensor
     */
    public void delta(SharedParameters base, TensorId tensor, long from, float[] out) {
        requireInside();
        if (!isShared(tensor.group())) {
            throw new IllegalArgumentException(
                    "%s never leaves source %s; shared are %s".formatted(tensor, name, engine.shared()));
        }
        NativeVector own = group(tensor.group()).tensor(tensor.quantity());
        if (tensor.quantity() == Quantity.PARAMETERS) {
            own.minus(base.get(name, tensor, own.size()), from, out);
        } else {
            own.copyTo(from, out);
        }
    }

    /**
     * Like {@link #delta}, of some rows, one behind the other.
     *
     * @param rows of the source's own token embedding
     */
    public void deltaRows(SharedParameters base, TensorId tensor, int[] rows, float[] out) {
        requireInside();
        NativeVector own = group(tensor.group()).tensor(tensor.quantity());
        int width = engine.shape().width();
        own.gather(rows, width, out);
        if (tensor.quantity() == Quantity.PARAMETERS) {
            float[] began = new float[out.length];
            base.get(name, tensor, own.size()).gather(rows, width, began);
            for (int i = 0; i < out.length; i++) {
                out[i] -= began[i];
            }
        }
    }

    /**
     * The largest absolute change of any shared parameter since the round began; NaN if any of them is not a number.
     *
     * @param base what the round began with
     * @throws IllegalStateException outside a round
     */
    public double largestChange(SharedParameters base) {
        requireInside();
        double largest = 0;
        for (ParameterGroup group : engine.shared()) {
            NativeVector working = group(group).parameters();
            NativeVector began = base.get(name, TensorId.parameters(group), working.size());
            largest = Math.max(largest, working.largestDifference(began));
        }
        return largest;
    }

    /**
     * Ends the round and frees the working copies; private groups and moments stay.
     *
     * @throws IllegalStateException outside a round
     */
    public void end() {
        requireInside();
        engine.shared().forEach(group -> group(group).end());
        inRound = false;
    }

    /**
     * Summed loss of all targets in nats, with these shared groups and the source's own private ones; nothing changes.
     *
     * @param tokensBT1 ids, row after row of T+1
     * @param rows B
     * @throws IllegalStateException if the base lacks a shared group or has less of it than the source
     * @throws IllegalArgumentException if the ids do not fill the rows or are not in the vocabulary
     */
    public double evaluate(SharedParameters base, int[] tokensBT1, int rows) {
        try (NDManager scratch = engine.newManager()) {
            return engine.evaluate(this, parameters(scratch, base), tokensBT1, rows);
        }
    }

    /**
     * Begins to read a text with these shared groups and the source's own private ones; to be closed before any of them is
     * freed, and not to be read on with once a step has changed them.
     *
     * @throws IllegalStateException if the base lacks a shared group or has less of it than the source
     */
    public Decoding decoding(SharedParameters base) {
        NDManager owner = engine.newManager();
        try {
            return engine.decoding(owner, parameters(owner, base), sequenceLength, pieces);
        } catch (RuntimeException e) {
            owner.close();
            throw e;
        }
    }

    /** The groups as the step program takes them, the shared ones as views of the base that {@code scratch} owns. */
    NDList parameters(NDManager scratch, SharedParameters base) {
        NDList parameters = new NDList();
        groups.forEach((group, own) -> parameters.add(
                isShared(group)
                        ? base.get(name, TensorId.parameters(group), own.size()).view(scratch, own.size())
                        : own.parameters().array()));
        return parameters;
    }

    /** Sets AdamW back to its beginning: all moments and the step count to zero. */
    public void resetMoments() {
        groups.values().forEach(SourceGroup::resetMoments);
        stepCount.clear();
    }

    /** Sets the moments of the token embeddings to zero; the step count goes on with the other groups. */
    public void resetTokenMoments() {
        group(ParameterGroup.TOKENS).resetMoments();
    }

    /**
     * Draws the token embeddings [V, d] anew; their moments stay.
     *
     * @param epoch which draw it is; 0 gives the values that the source began with
     * @throws IllegalStateException if token embeddings are shared
     */
    public void redrawTokens(long seed, int epoch) {
        if (isShared(ParameterGroup.TOKENS)) {
            throw new IllegalStateException(
                    "Source %s cannot draw its token embeddings anew: they are shared".formatted(name));
        }
        group(ParameterGroup.TOKENS).parameters().fill(initial(ParameterGroup.TOKENS, seed, epoch));
    }

    /**
     * Gives the source more pieces, after those it has; the moments of the new rows are zero.
     *
     * @param pieces V from now on
     * @throws IllegalStateException inside a round, or if token embeddings are private
     * @throws IllegalArgumentException if there are fewer than before
     */
    public void grow(int pieces) {
        requireOutside("grow");
        if (!isShared(ParameterGroup.TOKENS)) {
            throw new IllegalStateException(
                    "Source %s cannot grow: its token embeddings are its own, and nobody gives it the new rows"
                            .formatted(name));
        }
        if (pieces < this.pieces) {
            throw new IllegalArgumentException(
                    "Source %s has %d pieces and cannot shrink to %d".formatted(name, this.pieces, pieces));
        }
        if (pieces > this.pieces) {
            this.pieces = pieces;
            group(ParameterGroup.TOKENS).grow(sizeOf(ParameterGroup.TOKENS));
        }
    }

    /**
     * Copies a slice of a private group.
     *
     * @param from index in the flat group, such as row * d + column
     * @throws IllegalStateException if the group is shared, or the model has no such group
     * @throws IndexOutOfBoundsException if the slice does not lie within the group
     */
    public void copy(ParameterGroup group, long from, float[] out) {
        requirePrivate(group);
        group(group).parameters().copyTo(from, out);
    }

    /**
     * Overwrites a slice of a private group, of a source that begins with other values than drawn ones.
     *
     * @param from index in the flat group, such as row * d + column
     * @throws IllegalStateException if the group is shared, or the model has no such group
     * @throws IndexOutOfBoundsException if the slice does not lie within the group
     */
    public void put(ParameterGroup group, long from, float[] values) {
        requirePrivate(group);
        group(group).parameters().put(from, values);
    }

    /**
     * Writes everything that {@link StepEngine#readSource} needs to go on with the same bits, straight from native
     * memory; {@link SourceState} has the format.
     */
    public void write(OutputStream out) throws IOException {
        SourceState.write(this, engine, out);
    }

    /** All tensors that there are, in the order of the state. */
    List<NativeVector> vectors() {
        List<NativeVector> vectors = new ArrayList<>(List.of(stepCount));
        groups.values().forEach(group -> vectors.addAll(group.vectors()));
        return vectors;
    }

    /** The tensors of a group. */
    SourceGroup group(ParameterGroup group) {
        SourceGroup tensors = groups.get(group);
        if (tensors == null) {
            throw new IllegalStateException("Source %s has no %s: its architecture is %s"
                    .formatted(name, group, engine.shape().architecture()));
        }
        return tensors;
    }

    private boolean isShared(ParameterGroup group) {
        return engine.shared().contains(group);
    }

    private void requirePrivate(ParameterGroup group) {
        if (isShared(group)) {
            throw new IllegalStateException(
                    "%s of source %s are shared; what a round starts from has them".formatted(group, name));
        }
    }

    private void requireInside() {
        if (!inRound) {
            throw new IllegalStateException("Source %s is in no round; it must begin one first".formatted(name));
        }
    }

    private void requireOutside(String action) {
        if (inRound) {
            throw new IllegalStateException(
                    "Source %s is in a round; it must end before the source can %s".formatted(name, action));
        }
    }

    /** Frees the memory at once. */
    @Override
    public void close() {
        manager.close();
    }
}
