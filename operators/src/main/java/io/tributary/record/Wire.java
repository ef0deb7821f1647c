package io.tributary.record;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/** The pieces that wire formats are made of. Arrays are little-endian, copied in pieces rather than value by value. */
public final class Wire {
    /** A usual shard fits, and is read without a copy. */
    private static final int FIRST_READ_BYTES = 16 << 20;

    /**
     * Values are turned into bytes and back a piece at a time, which stays in the first cache: a second array of the
     * same megabytes would be zeroed, written to memory, read back and collected.
     */
    private static final int PIECE_BYTES = 8 << 10;

    private Wire() {}

    public static void writeBytes(byte[] bytes, DataOutputView out) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    public static byte[] readBytes(DataInputView in) throws IOException {
        return readBytes(in.readInt(), in);
    }

    /** Takes memory as the bytes come, so that a damaged length ends in an error and not in an exhausted heap. */
    private static byte[] readBytes(int length, DataInputView in) throws IOException {
        if (length < 0) {
            throw new IOException("Nothing has a length of " + length + ": the bytes are damaged or not ours");
        }
        byte[] bytes = new byte[Math.min(length, FIRST_READ_BYTES)];
        in.readFully(bytes);
        while (bytes.length < length) {
            int from = bytes.length;
            bytes = Arrays.copyOf(bytes, (int) Math.min(length, 2L * from));
            in.readFully(bytes, from, bytes.length - from);
        }
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
        writePieces(values.length, Float.BYTES, out, (piece, from, count) -> piece.asFloatBuffer()
                .put(values, from, count));
    }

    /** Piece by piece, since these are the megabytes of a round; takes memory as the bytes come, as all arrays do. */
    public static float[] readFloats(DataInputView in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length % Float.BYTES != 0) {
            throw new IOException(
                    "No floats have a length of %d bytes: the bytes are damaged or not ours".formatted(length));
        }
        int count = length / Float.BYTES;
        float[] values = new float[Math.min(count, FIRST_READ_BYTES / Float.BYTES)];
        byte[] piece = new byte[Math.min(length, PIECE_BYTES)];
        FloatBuffer floats = littleEndian(piece).asFloatBuffer();
        for (int read = 0; read < count; ) {
            if (read == values.length) {
                values = Arrays.copyOf(values, (int) Math.min(count, 2L * read));
            }
            int next = Math.min(floats.capacity(), values.length - read);
            in.readFully(piece, 0, next * Float.BYTES);
            floats.get(0, values, read, next);
            read += next;
        }
        return values;
    }

    public static void writeInts(int[] values, DataOutputView out) throws IOException {
        writePieces(values.length, Integer.BYTES, out, (piece, from, count) -> piece.asIntBuffer()
                .put(values, from, count));
    }

    public static int[] readInts(DataInputView in) throws IOException {
        byte[] bytes = readBytes(in);
        int[] values = new int[bytes.length / Integer.BYTES];
        littleEndian(bytes).asIntBuffer().get(values);
        return values;
    }

    public static void writeLongs(long[] values, DataOutputView out) throws IOException {
        writePieces(values.length, Long.BYTES, out, (piece, from, count) -> piece.asLongBuffer()
                .put(values, from, count));
    }

    public static long[] readLongs(DataInputView in) throws IOException {
        byte[] bytes = readBytes(in);
        long[] values = new long[bytes.length / Long.BYTES];
        littleEndian(bytes).asLongBuffer().get(values);
        return values;
    }

    private static void writePieces(int count, int size, DataOutputView out, Filling filling) throws IOException {
        int length = Math.multiplyExact(count, size);
        out.writeInt(length);
        byte[] piece = new byte[Math.min(length, PIECE_BYTES)];
        int most = piece.length / size;
        for (int from = 0; from < count; from += most) {
            int next = Math.min(most, count - from);
            filling.fill(littleEndian(piece), from, next);
            out.write(piece, 0, next * size);
        }
    }

    private interface Filling {
        void fill(ByteBuffer piece, int from, int count);
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Writes what is long kept, with a checksum that {@link #readChecked} looks at; in memory first. */
    public static void writeChecked(DataOutputView out, Content content) throws IOException {
        DataOutputSerializer buffer = new DataOutputSerializer(1 << 10);
        content.writeTo(buffer);
        out.writeInt(buffer.length());
        out.writeInt(checksum(buffer.getSharedBuffer(), buffer.length()));
        out.write(buffer.getSharedBuffer(), 0, buffer.length());
    }

    /** What {@link #writeChecked} writes. */
    @FunctionalInterface
    public interface Content {
        void writeTo(DataOutputView out) throws IOException;
    }

    /**
     * Reads what {@link #writeChecked} has written.
     *
     * @param what it is, for the error
     * @throws IOException if a bit of it has changed since
     */
    public static DataInputView readChecked(String what, DataInputView in) throws IOException {
        int length = in.readInt();
        int written = in.readInt();
        byte[] bytes = readBytes(length, in);
        if (checksum(bytes, length) != written) {
            throw new Failure(
                    ErrorCode.SAVEPOINT_BROKEN,
                    "The checksum of %s does not fit its %d bytes: the state is damaged".formatted(what, length));
        }
        return new DataInputDeserializer(bytes);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }

    /** Refuses a tag that no version wrote: the bytes are not what the reader takes them for. */
    public static IOException unknownTag(String what, int tag) {
        return new IOException("No " + what + " has the tag " + tag + ": the bytes are damaged or not ours");
    }
}
