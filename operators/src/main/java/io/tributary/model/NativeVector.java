package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.function.Consumer;

/**
 * 32-bit floats in native memory, which Java reaches slice by slice.
 *
 * <p>On the CPU a slice is a view of the tensor's own memory: nothing is copied but what the caller asked for. On a GPU
 * it is a copy on the host, written back after a change. Views never leave this class, since they do not keep the
 * memory alive.
 */
final class NativeVector implements AutoCloseable {
    private static final int PIECE = 1 << 18;
    private static final int WINDOW = 1 << 28;

    private final NDArray array;

    private NativeVector(NDArray array, String name) {
        this.array = array;
        array.setName(name);
    }

    /**
     * A vector of zeros.
     *
     * @param name decides which of the step program's lists it joins
     */
    static NativeVector zeros(NDManager manager, String name, long size) {
        return new NativeVector(manager.zeros(new Shape(size), DataType.FLOAT32), name);
    }

    /** A copy of the first {@code size} elements in native memory that {@code manager} owns. */
    NativeVector duplicate(NDManager manager, long size) {
        try (NDManager scratch = array.getManager().newSubManager()) {
            NDArray copy = view(scratch, size).duplicate();
            copy.attach(manager);
            return new NativeVector(copy, array.getName());
        }
    }

    /** The first {@code size} elements, to be read only while this vector is open. */
    NDArray view(NDManager scratch, long size) {
        NDArray view = array.get(scratch, slice(0, size));
        view.setName(array.getName());
        return view;
    }

    /** A vector of these elements and zeros after them, in place of this one, which is freed. */
    NativeVector grown(NDManager manager, long size) {
        NativeVector grown = zeros(manager, array.getName(), size);
        forEachPiece((from, length) -> {
            float[] piece = new float[length];
            copyTo(from, piece);
            grown.put(from, piece);
        });
        close();
        return grown;
    }

    NDArray array() {
        return array;
    }

    long size() {
        return array.size();
    }

    /** Copies the elements from {@code from} on into {@code out}. */
    void copyTo(long from, float[] out) {
        read(from, out.length, buffer -> buffer.asFloatBuffer().get(out));
    }

    /** Overwrites the elements from {@code from} on. */
    void put(long from, float[] values) {
        update(from, values.length, buffer -> buffer.asFloatBuffer().put(values));
    }

    /**
     * Copies rows, one behind the other, into {@code out}.
     *
     * @param width elements of a row
     */
    void gather(int[] rows, int width, float[] out) {
        inWindows(
                width,
                (first, count) -> read((long) first * width, count * width, buffer -> {
                    FloatBuffer floats = buffer.asFloatBuffer();
                    for (int i = 0; i < rows.length; i++) {
                        if (rows[i] >= first && rows[i] < first + count) {
                            floats.get((rows[i] - first) * width, out, i * width, width);
                        }
                    }
                }));
    }

    /** Overwrites rows with what lies in {@code values} one behind the other. */
    void scatter(int[] rows, int width, float[] values) {
        inWindows(
                width,
                (first, count) -> update((long) first * width, count * width, buffer -> {
                    FloatBuffer floats = buffer.asFloatBuffer();
                    for (int i = 0; i < rows.length; i++) {
                        if (rows[i] >= first && rows[i] < first + count) {
                            floats.put((rows[i] - first) * width, values, i * width, width);
                        }
                    }
                }));
    }

    /** A buffer reaches 2 GiB, so a larger matrix is gone through in several. */
    private void inWindows(int width, Window window) {
        int rows = Math.toIntExact(size() / width);
        int most = Math.max(1, WINDOW / width);
        for (int first = 0; first < rows; first += most) {
            window.over(first, Math.min(most, rows - first));
        }
    }

    private interface Window {
        void over(int firstRow, int rows);
    }

    /** Overwrites all elements, piece by piece, with what {@code values} gives for the piece that begins at an index. */
    void fill(Values values) {
        forEachPiece((from, length) -> {
            float[] piece = new float[length];
            values.fill(from, piece);
            put(from, piece);
        });
    }

    /** Overwrites all elements, piece by piece, with what is read from elsewhere. */
    void load(Reader reader) throws IOException {
        for (long from = 0; from < size(); from += PIECE) {
            float[] piece = new float[pieceLength(from)];
            reader.read(from, piece);
            put(from, piece);
        }
    }

    /** Reads the values from an index on. */
    interface Reader {
        void read(long from, float[] out) throws IOException;
    }

    /** Overwrites all elements with zeros. */
    void clear() {
        forEachPiece((from, length) -> put(from, new float[length]));
    }

    /** Gives the values from an index on. */
    interface Values {
        void fill(long from, float[] out);
    }

    /** Copies the elements from {@code from} on, less those of {@code other}, into {@code out}. */
    void minus(NativeVector other, long from, float[] out) {
        NDIndex slice = slice(from, out.length);
        try (NDManager scratch = array.getManager().newSubManager()) {
            NDArray difference = array.get(scratch, slice).sub(other.array.get(scratch, slice));
            difference.toByteBuffer(true).asFloatBuffer().get(out);
        }
    }

    /**
     * The largest absolute difference between these elements and the first of {@code other}; NaN if any is not a number.
     */
    double largestDifference(NativeVector other) {
        double[] largest = {0};
        forEachPiece((from, length) -> {
            NDIndex slice = slice(from, length);
            try (NDManager scratch = array.getManager().newSubManager()) {
                NDArray difference = array.get(scratch, slice).sub(other.array.get(scratch, slice));
                // Both maxima pass on NaN.
                largest[0] = Math.max(largest[0], difference.abs().max().getFloat());
            }
        });
        return largest[0];
    }

    /** Writes all elements, little-endian, as native memory has them on every platform that the engine exists for. */
    void write(OutputStream out) throws IOException {
        byte[] piece = new byte[Math.toIntExact(Math.min(PIECE, size()) * Float.BYTES)];
        for (long from = 0; from < size(); from += PIECE) {
            int length = pieceLength(from);
            read(from, length, buffer -> buffer.get(piece, 0, length * Float.BYTES));
            out.write(piece, 0, length * Float.BYTES);
        }
    }

    /** Overwrites all elements with what {@link #write} wrote. */
    void read(InputStream in) throws IOException {
        byte[] piece = new byte[Math.toIntExact(Math.min(PIECE, size()) * Float.BYTES)];
        for (long from = 0; from < size(); from += PIECE) {
            int length = pieceLength(from);
            if (in.readNBytes(piece, 0, length * Float.BYTES) < length * Float.BYTES) {
                throw new EOFException("The state ends within a tensor of " + size() + " parameters");
            }
            update(from, length, buffer -> buffer.put(piece, 0, length * Float.BYTES));
        }
    }

    @Override
    public void close() {
        array.close();
    }

    private interface Piece {
        void accept(long from, int length);
    }

    private void forEachPiece(Piece action) {
        for (long from = 0; from < size(); from += PIECE) {
            action.accept(from, pieceLength(from));
        }
    }

    private int pieceLength(long from) {
        return (int) Math.min(PIECE, size() - from);
    }

    private void read(long from, int length, Consumer<ByteBuffer> reader) {
        try (NDManager scratch = array.getManager().newSubManager()) {
            reader.accept(array.get(scratch, slice(from, length)).toByteBuffer(true));
        }
    }

    private void update(long from, int length, Consumer<ByteBuffer> writer) {
        NDIndex slice = slice(from, length);
        try (NDManager scratch = array.getManager().newSubManager()) {
            ByteBuffer buffer = array.get(scratch, slice).toByteBuffer(true);
            writer.accept(buffer);
            if (array.getDevice().isGpu()) {
                array.set(slice, scratch.create(buffer.rewind(), new Shape(length), DataType.FLOAT32));
            }
        }
    }

    /** Checked here, since the engine would silently cut a slice that reaches beyond the end. */
    private NDIndex slice(long from, long length) {
        if (from < 0 || from > size() - length) {
            throw new IndexOutOfBoundsException(
                    "Parameters %d to %d are not within the %d there are".formatted(from, from + length, size()));
        }
        return new NDIndex().addSliceDim(from, from + length);
    }
}
