package io.tributary.model;

import ai.djl.ndarray.NDManager;
import io.tributary.record.TensorId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the sources of a subtask begin a round from, flat and in native memory: the shared parameter groups and, where
 * they are merged too, AdamW's moments of them. Sources copy it and never change it.
 *
 * <p>A tensor is common to all sources, or it is made of the rows that one source holds (variant TRIM), each row d values
 * long. A source takes its own rows if there are any, otherwise the beginning of the common tensor: N values of a body,
 * V*d of token embeddings [V, d], T*d of position embeddings [T, d], with V and T of that source.
 */
public final class SharedParameters implements AutoCloseable {
    private final long round;
    private final StepEngine engine;
    private final NDManager manager;
    private final Map<TensorId, NativeVector> common = new HashMap<>();
    private final Map<Rows, NativeVector> rows = new HashMap<>();

    private record Rows(String source, TensorId tensor) {}

    /** Zeros. */
    SharedParameters(StepEngine engine, long round, Map<TensorId, Long> sizes) {
        this.round = round;
        this.engine = engine;
        this.manager = engine.newManager();
        sizes.forEach((tensor, size) -> common.put(tensor, allocate(tensor, size)));
    }

    private NativeVector allocate(TensorId tensor, long size) {
        if (!engine.shared().contains(tensor.group())) {
            throw new IllegalArgumentException(
                    "%s is not shared, it stays in its source; shared are %s".formatted(tensor, engine.shared()));
        }
        return NativeVector.zeros(manager, StepEngine.listOf(tensor.quantity()), size);
    }

    /** The round that starts from these values. */
    public long round() {
        return round;
    }

    /** Whether there is a common tensor of this name. */
    public boolean holds(TensorId tensor) {
        return common.containsKey(tensor);
    }

    /**
     * How many values the common tensor has.
     *
     * @throws IllegalStateException if there is none of this name
     */
    public long size(TensorId tensor) {
        return common(tensor).size();
    }

    /**
     * Overwrites the common tensor from {@code from} on; only before the first source begins the round.
     *
     * @throws IllegalStateException if there is none of this name
     * @throws IndexOutOfBoundsException if the slice does not lie within it
     */
    public void put(TensorId tensor, long from, float[] values) {
        common(tensor).put(from, values);
    }

    /**
     * Copies the common tensor from {@code from} on into {@code out}.
     *
     * @throws IllegalStateException if there is none of this name
     * @throws IndexOutOfBoundsException if the slice does not lie within it
     */
    public void copy(TensorId tensor, long from, float[] out) {
        common(tensor).copyTo(from, out);
    }

    /** Whether a source has rows of its own of this tensor. */
    public boolean holdsRows(String source, TensorId tensor) {
        return rows.containsKey(new Rows(source, tensor));
    }

    /**
     * Makes room for a source's own rows, of zeros.
     *
     * @param size values of all its rows, rows * d
     * @throws IllegalStateException if the source has rows of this tensor already
     */
    public void allocateRows(String source, TensorId tensor, long size) {
        if (holdsRows(source, tensor)) {
            throw new IllegalStateException(
                    "Source %s has rows of %s in round %d already".formatted(source, tensor, round));
        }
        rows.put(new Rows(source, tensor), allocate(tensor, size));
    }

    /**
     * Overwrites a source's own rows from {@code from} on; only before the source begins the round.
     *
     * @param from index in the source's rows, row * d + column
     * @throws IllegalStateException if no room was made for them
     * @throws IndexOutOfBoundsException if the slice does not lie within them
     */
    public void putRows(String source, TensorId tensor, long from, float[] values) {
        rows(source, tensor).put(from, values);
    }

    /**
     * Overwrites some of a source's own rows; only before the source begins the round.
     *
     * @param ownRows which
     * @param values row after row, each d values
     * @throws IllegalStateException if no room was made for them
     */
    public void putRows(String source, TensorId tensor, int[] ownRows, float[] values) {
        rows(source, tensor).scatter(ownRows, engine.shape().width(), values);
    }

    /**
     * Copies a source's own rows from {@code from} on into {@code out}.
     *
     * @param from index in the source's rows, row * d + column
     * @throws IllegalStateException if no room was made for them
     * @throws IndexOutOfBoundsException if the slice does not lie within them
     */
    public void copyRows(String source, TensorId tensor, long from, float[] out) {
        rows(source, tensor).copyTo(from, out);
    }

    /**
     * What a source begins from: its own rows, which are {@code size} values, or a common tensor of at least as many.
     *
     * @throws IllegalStateException if either is of another size
     */
    Optional<NativeVector> find(String source, TensorId tensor, long size) {
        NativeVector own = rows.get(new Rows(source, tensor));
        NativeVector found = own != null ? own : common.get(tensor);
        if (found != null && (found.size() < size || (own != null && own.size() != size))) {
            throw new IllegalStateException("Source %s has %d values of %s, but in round %d it begins from %d"
                    .formatted(source, size, tensor, round, found.size()));
        }
        return Optional.ofNullable(found);
    }

    /**
     * What a source begins from.
     *
     * @throws IllegalStateException if there is nothing, or it is of another size
     */
    NativeVector get(String source, TensorId tensor, long size) {
        return find(source, tensor, size).orElseThrow(() -> missing(tensor, "for source " + source));
    }

    private NativeVector common(TensorId tensor) {
        return Optional.ofNullable(common.get(tensor)).orElseThrow(() -> missing(tensor, "common to all sources"));
    }

    private NativeVector rows(String source, TensorId tensor) {
        return Optional.ofNullable(rows.get(new Rows(source, tensor)))
                .orElseThrow(() -> missing(tensor, "of source " + source + " alone"));
    }

    private IllegalStateException missing(TensorId tensor, String whose) {
        return new IllegalStateException("Round %d starts from no %s %s; it has %s and rows of %s"
                .formatted(round, tensor, whose, common.keySet(), rows.keySet()));
    }

    /** Frees the memory at once. */
    @Override
    public void close() {
        manager.close();
    }
}
