package io.tributary.snapshot;

/** Floats that are copied out in slices, wherever they lie; so a tensor is never whole on the heap. */
@FunctionalInterface
public interface FloatSource {
    /** Fills {@code out} with the values that begin at index {@code from}. */
    void copy(long from, float[] out);

    static FloatSource of(float[] values) {
        return (from, out) -> System.arraycopy(values, Math.toIntExact(from), out, 0, out.length);
    }
}
