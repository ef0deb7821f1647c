package io.tributary.snapshot;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

/**
 * Writes tensors as safetensors: 8 bytes with the length of the header, the header in JSON, the values in F32, all
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
        byte[] header = SafetensorsHeader.of(metadata, tensors).encode();
        out.write(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array());
        out.write(header);
        byte[] bytes = new byte[SLICE_FLOATS * Float.BYTES];
        for (Tensor tensor : tensors) {
            writeValues(tensor, bytes, out);
        }
    }

    private static void writeValues(Tensor tensor, byte[] bytes, OutputStream out) throws IOException {
        FloatBuffer floats =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        long count = tensor.count();
        float[] slice = new float[0];
        for (long from = 0; from < count; from += slice.length) {
            int length = (int) Math.min(SLICE_FLOATS, count - from);
            if (slice.length != length) {
                slice = new float[length];
            }
            tensor.values().copy(from, slice);
            floats.put(0, slice);
            out.write(bytes, 0, length * Float.BYTES);
        }
    }
}
