package io.tributary.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** The pieces that wire formats are made of. Arrays are little-endian, copied whole rather than value by value. */
public final class Wire {
    private Wire() {}

    public static void writeBytes(byte[] bytes, DataOutputView out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    public static byte[] readBytes(DataInputView in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    /** Unlike {@link DataOutputView#writeUTF}, without a limit of 64 KiB. */
    public static void writeText(String text, DataOutputView out) throws IOException {
        writeBytes(text.getBytes(StandardCharsets.UTF_8), out);
    }

    public static String readText(DataInputView in) throws IOException {
        return new String(readBytes(in), StandardCharsets.UTF_8);
    }

    public static void writeFloats(float[] values, DataOutputView out) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        writeBytes(bytes.array(), out);
    }

    public static float[] readFloats(DataInputView in) throws IOException {
        byte[] bytes = readBytes(in);
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    public static void writeInts(int[] values, DataOutputView out) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        writeBytes(bytes.array(), out);
    }

    public static int[] readInts(DataInputView in) throws IOException {
        byte[] bytes = readBytes(in);
        int[] values = new int[bytes.length / Integer.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
        return values;
    }

    public static void writeLongs(long[] values, DataOutputView out) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        writeBytes(bytes.array(), out);
    }

    public static long[] readLongs(DataInputView in) throws IOException {
        byte[] bytes = readBytes(in);
        long[] values = new long[bytes.length / Long.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().get(values);
        return values;
    }

    /** Refuses a tag that no version wrote: the bytes are not what the reader takes them for. */
    public static IOException unknownTag(String what, int tag) {
        return new IOException("No " + what + " has the tag " + tag + ": the bytes are damaged or not ours");
    }
}
