package io.tributary.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/**
 * Writes tensors as safetensors: 8 bytes with the length of the header, the header in JSON, the values, all
 * little-endian. A file may be of any length, and 128 KiB of heap are enough for it.
 */
public final class SafetensorsWriter {
    static final int SLICE_FLOATS = 1 << 14;

    private SafetensorsWriter() {}

    /**
     * Writes the tensors in their order; equal input gives equal bytes.
     *
     * @param metadata strings that readers may look at; {@code format = pt} makes the file loadable in transformers
     */
    public static void write(OutputStream out, Map<String, String> metadata, List<Tensor> tensors) throws IOException {
        write(out, metadata, Dtype.F32, tensors);
    }

    /** Writes the tensors in their order, their values as {@code dtype}. */
    public static void write(OutputStream out, Map<String, String> metadata, Dtype dtype, List<Tensor> tensors)
            throws IOException {
        byte[] header = SafetensorsHeader.of(metadata, dtype, tensors).encode();
        out.write(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array());
        out.write(header);
        byte[] bytes = new byte[SLICE_FLOATS * dtype.bytes()];
        for (Tensor tensor : tensors) {
            writeValues(tensor, dtype, bytes, out);
        }
    }

    private static void writeValues(Tensor tensor, Dtype dtype, byte[] bytes, OutputStream out) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long count = tensor.count();
        float[] slice = new float[0];
        for (long from = 0; from < count; from += slice.length) {
            int length = (int) Math.min(SLICE_FLOATS, count - from);
            if (slice.length != length) {
                slice = new float[length];
            }
            tensor.values().copy(from, slice);
            dtype.put(slice, length, buffer);
            out.write(bytes, 0, length * dtype.bytes());
        }
    }
}
