package io.tributary.model;

/**
 * The transformer body that a round starts from, in native memory: one for all sources of a subtask, which copy it and
 * never change it.
 */
public final class Body implements AutoCloseable {
    private final long round;
    private final NativeVector parametersN;

    Body(long round, NativeVector parametersN) {
        this.round = round;
        this.parametersN = parametersN;
    }

    /** The round that starts from this body. */
    public long round() {
        return round;
    }

    /** N, the number of parameters. */
    public long parameters() {
        return parametersN.size();
    }

    /**
     * Overwrites the parameters from {@code from} on; only before the first source begins the round.
     *
     * @throws IndexOutOfBoundsException if the slice does not lie within the body
     */
    public void put(long from, float[] values) {
        parametersN.put(from, values);
    }

    /**
     * Copies the parameters from {@code from} on into {@code out}.
     *
     * @throws IndexOutOfBoundsException if the slice does not lie within the body
     */
    public void copy(long from, float[] out) {
        parametersN.copyTo(from, out);
    }

    NativeVector vector() {
        return parametersN;
    }

    /** Frees the memory at once. */
    @Override
    public void close() {
        parametersN.close();
    }
}
