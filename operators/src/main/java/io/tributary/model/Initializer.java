package io.tributary.model;

import io.tributary.model.BodyLayout.BodyTensor;
import io.tributary.model.BodyLayout.Normal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Initial values of parameters, each a function of (seed, stream, index of the parameter) alone: whoever asks for a
 * slice, in whatever order and however large, gets the same bits in every JVM.
 *
 * <p>The generator is SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014) read
 * at a position instead of in sequence; normal values come by Box-Muller, parameters 2i and 2i+1 being a pair.
 */
public final class Initializer {
    static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
    private static final Normal EMBEDDING = new Normal(0, BodyLayout.DEVIATION);

    private final long key;

    private Initializer(long seed, String stream) {
        this.key = key(seed, stream);
    }

    /** Where the numbers of a stream begin. */
    static long key(long seed, String stream) {
        return mix(mix(seed) + fnv1a(stream));
    }

    /**
     * Fills {@code out} with the body's initial parameters from {@code from} on.
     *
     * @param from index in the flat body
     */
    public static void body(ModelShape shape, long seed, long from, float[] out) {
        BodyLayout layout = BodyLayout.of(shape);
        requireSlice(from, out.length, layout.parameters());
        Initializer initializer = new Initializer(seed, "body");
        for (BodyTensor tensor : layout.tensors()) {
            long start = Math.max(from, tensor.offset());
            long end = Math.min(from + out.length, tensor.offset() + tensor.size());
            if (start < end) {
                initializer.fill(tensor.initial(), start, out, (int) (start - from), (int) (end - from));
            }
        }
    }

    /**
     * Fills {@code out} with a source's initial token embedding from {@code from} on: normal, deviation 0.02.
     *
     * @param from index in the flat embedding, row * d + column
     */
    public static void tokens(String source, long seed, long from, float[] out) {
        tokens(source, seed, 0, from, out);
    }

    /**
     * Fills {@code out} with a source's token embedding as it is drawn for the {@code epoch}-th time: normal, deviation
     * 0.02.
     *
     * @param epoch 0 for the initial values
     * @param from index in the flat embedding, row * d + column
     */
    public static void tokens(String source, long seed, int epoch, long from, float[] out) {
        requireSlice(from, out.length, Long.MAX_VALUE);
        if (epoch < 0) {
            throw new IllegalArgumentException("Embeddings are drawn for the 0th time or later, not " + epoch);
        }
        // Unlike a suffix, this is no stream that another source's name could make.
        String stream = epoch == 0 ? "tokens/" : "tokens@" + epoch + "/";
        new Initializer(seed, stream + source).fill(EMBEDDING, from, out, 0, out.length);
    }

    /**
     * Fills {@code out} with a source's initial position embedding from {@code from} on: normal, deviation 0.02 as at
     * Hugging Face (GPT-2's own code has 0.01).
     *
     * @param from index in the flat embedding, position * d + column
     */
    public static void positions(String source, long seed, long from, float[] out) {
        requireSlice(from, out.length, Long.MAX_VALUE);
        new Initializer(seed, "positions/" + source).fill(EMBEDDING, from, out, 0, out.length);
    }

    private static void requireSlice(long from, int length, long size) {
        if (from < 0 || from > size - length) {
            throw new IllegalArgumentException(
                    "Parameters %d to %d are not within the %d there are".formatted(from, from + length, size));
        }
    }

    /** Fills {@code out[start, end)} with the parameters from {@code index} on. */
    private void fill(Normal normal, long index, float[] out, int start, int end) {
        if (normal.deviation() == 0) {
            Arrays.fill(out, start, end, (float) normal.mean());
            return;
        }
        int i = start;
        while (i < end) {
            long pair = (index + i - start) >> 1;
            // StrictMath: Math's logarithm and cosine may differ between JVMs in the last bit.
            double radius = normal.deviation() * Math.sqrt(-2 * StrictMath.log(uniform(2 * pair)));
            double angle = 2 * Math.PI * uniform(2 * pair + 1);
            if (((index + i - start) & 1) == 0) {
                out[i++] = (float) (normal.mean() + radius * StrictMath.cos(angle));
            }
            if (i < end) {
                out[i++] = (float) (normal.mean() + radius * StrictMath.sin(angle));
            }
        }
    }

    /** The counter's number in (0, 1], of 53 bits. */
    private double uniform(long counter) {
        return ((mix(key + (counter + 1) * GOLDEN_GAMMA) >>> 11) + 1) * 0x1p-53;
    }

    /** SplitMix64's output function: Stafford's thirteenth variant of MurmurHash3's finalizer. */
    static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** The 64-bit FNV-1a hash of a name's UTF-8 bytes. */
    private static long fnv1a(String name) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        return hash;
    }
}
