package io.tributary.tensorboard;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * An event file of TensorBoard: records of {@code length (8 bytes), masked CRC of it, event, masked CRC of it}, all
 * little-endian. An event is a message of protocol buffers; of it only what scalars need is written here.
 *
 * <p>The format is TensorFlow's: {@code core/lib/io/record_writer.h}, {@code core/util/event.proto},
 * {@code core/framework/summary.proto}.
 */
final class EventFile implements AutoCloseable {
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    /** Of a summary. */
    private static final int VALUE = 1;
    /** Of a value. */
    private static final int TAG = 1;

    private static final int SIMPLE_VALUE = 2;

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final OutputStream out;

    private EventFile(OutputStream out) {
        this.out = out;
    }

    /**
     * Begins a file in the folder of a run, which is made if it is missing.
     *
     * @param nowMs since 1970; in the name, by whose order TensorBoard reads the files of a run
     * @throws IOException if it cannot be written, or a file of that moment is there
     */
    static EventFile in(Path run, long nowMs) throws IOException {
        Files.createDirectories(run);
        Path file = run.resolve("events.out.tfevents.%010d.%03d.tributary".formatted(nowMs / 1000, nowMs % 1000));
        EventFile events = new EventFile(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
        events.record(event(nowMs)
                .bytes(FILE_VERSION, "brain.Event:2".getBytes(StandardCharsets.UTF_8))
                .toBytes());
        return events;
    }

    /** Adds a point to each of these curves; what is not a number is left out. */
    void add(long timestampMs, long step, Map<String, Double> values) throws IOException {
        Message summary = new Message();
        values.forEach((tag, value) -> {
            if (Double.isFinite(value)) {
                Message point = new Message()
                        .bytes(TAG, tag.getBytes(StandardCharsets.UTF_8))
                        .float32(SIMPLE_VALUE, value);
                summary.bytes(VALUE, point.toBytes());
            }
        });
        record(event(timestampMs)
                .varint(STEP, step)
                .bytes(SUMMARY, summary.toBytes())
                .toBytes());
    }

    private static Message event(long timestampMs) {
        return new Message().float64(WALL_TIME, timestampMs / 1e3);
    }

    private void record(byte[] event) throws IOException {
        byte[] length = littleEndian(Long.BYTES).putLong(event.length).array();
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.writeBytes(length);
        record.writeBytes(littleEndian(Integer.BYTES).putInt(maskedCrc(length)).array());
        record.writeBytes(event);
        record.writeBytes(littleEndian(Integer.BYTES).putInt(maskedCrc(event)).array());
        // In one write, so that a reader at most sees a record that is cut off at the end of the file.
        out.write(record.toByteArray());
    }

    /** The mask is there since the CRC of data that holds CRCs is a poor one (TensorFlow's {@code crc32c.h}). */
    private static int maskedCrc(byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(data);
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    /** A message of protocol buffers. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message varint(int field, long value) {
            raw((field << 3) | VARINT);
            raw(value);
            return this;
        }

        Message float64(int field, double value) {
            raw((field << 3) | FIXED64);
            out.writeBytes(littleEndian(Double.BYTES).putDouble(value).array());
            return this;
        }

        Message float32(int field, double value) {
            raw((field << 3) | FIXED32);
            out.writeBytes(littleEndian(Float.BYTES).putFloat((float) value).array());
            return this;
        }

        Message bytes(int field, byte[] value) {
            raw((field << 3) | DELIMITED);
            raw(value.length);
            out.writeBytes(value);
            return this;
        }

        private void raw(long value) {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                out.write((int) ((rest & 0x7F) | 0x80));
                rest >>>= 7;
            }
            out.write((int) rest);
        }

        byte[] toBytes() {
            return out.toByteArray();
        }
    }
}
