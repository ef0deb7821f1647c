package io.tributary.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFolderTest {
    @TempDir
    private Path folder;

    @Test
    void eachSourceIsARunWithItsFiguresOverItsTokens() throws Exception {
        try (EventFolder events = new EventFolder(folder, 1_700_000_000_123L)) {
            events.add(1_500, report(0, "en", 3.5));
            events.add(2_500, report(1, "en", 3.25));
            events.add(2_500, report(1, "de", Double.NaN));
        }
        Path file = folder.resolve("en/events.out.tfevents.1700000000.123.tributary");
        assertThat(read(file))
                .startsWith("1.700000000123E9 brain.Event:2")
                .contains(
                        "1.5 100 loss=3.5", "2.5 200 loss=3.25", "2.5 200 flops_per_second=5.0E9", "2.5 200 round=1.0")
                .hasSize(1 + 2 * 8);
        assertThat(read(folder.resolve("de").resolve(file.getFileName())))
                .as("what is no number is no point")
                .hasSize(1 + 7)
                .noneMatch(point -> point.contains("loss"));
    }

    @Test
    void aFolderIsContinuedAndNoReportIsWrittenTwice() throws Exception {
        try (EventFolder events = new EventFolder(folder, 1_000)) {
            events.add(1, report(0, "en", 3.5));
            events.add(1, report(0, "en", 3.5));
            events.commit();
            assertThat(events.skipped()).isEqualTo(1);
        }
        try (EventFolder events = new EventFolder(folder, 2_000)) {
            events.add(1, report(0, "en", 3.5));
            events.add(2, report(1, "en", 3.0));
            events.commit();
        }
        List<String> points = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder.resolve("en"))) {
            for (Path file : files.sorted().toList()) {
                points.addAll(read(file));
            }
        }
        assertThat(points)
                .filteredOn(point -> point.contains(" loss"))
                .containsExactly("0.001 100 loss=3.5", "0.002 200 loss=3.0");
    }

    @Test
    void aDamagedFolderIsToldOf() throws Exception {
        Files.writeString(folder.resolve("rounds.json"), "{");
        assertThatThrownBy(() -> new EventFolder(folder, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("rounds.json is damaged: name another folder");
    }

    private static RoundReport report(long round, String source, double loss) {
        return new RoundReport(
                round,
                source,
                Participation.FULL,
                10,
                100,
                400,
                100 * (round + 1),
                loss,
                2,
                3,
                64,
                1000,
                5e6,
                0,
                List.of());
    }

    /** Every record checked, as {@code WALL-TIME TEXT} and {@code WALL-TIME STEP TAG=VALUE}. */
    private static List<String> read(Path file) throws IOException {
        List<String> points = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            byte[] length = take(in, 8);
            assertThat(in.getInt()).isEqualTo(masked(crc32c(length)));
            byte[] event = take(in, (int) littleEndian(length).getLong());
            assertThat(in.getInt()).isEqualTo(masked(crc32c(event)));
            readEvent(littleEndian(event), points);
        }
        return points;
    }

    private static void readEvent(ByteBuffer event, List<String> points) {
        double wallTime = Double.NaN;
        long step = 0;
        while (event.hasRemaining()) {
            switch (event.get()) {
                case 0x09 -> wallTime = event.getDouble();
                case 0x10 -> step = varint(event);
                case 0x1a -> points.add(wallTime + " " + text(event));
                case 0x2a -> {
                    ByteBuffer summary = littleEndian(take(event, (int) varint(event)));
                    while (summary.hasRemaining()) {
                        assertThat(summary.get()).isEqualTo((byte) 0x0a);
                        ByteBuffer value = littleEndian(take(summary, (int) varint(summary)));
                        assertThat(value.get()).isEqualTo((byte) 0x0a);
                        String tag = text(value);
                        assertThat(value.get()).isEqualTo((byte) 0x15);
                        points.add(wallTime + " " + step + " " + tag + "=" + value.getFloat());
                        assertThat(value.hasRemaining()).isFalse();
                    }
                }
                default -> throw new AssertionError("An unknown field before " + event);
            }
        }
    }

    private static String text(ByteBuffer in) {
        return new String(take(in, (int) varint(in)), StandardCharsets.UTF_8);
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static byte[] take(ByteBuffer in, int length) {
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int masked(int crc) {
        return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
    }

    /** Bit by bit, from the reversed polynomial of Castagnoli (RFC 3720, B.4). */
    private static int crc32c(byte[] data) {
        int crc = -1;
        for (byte each : data) {
            crc ^= each & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ 0x82f63b78;
            }
        }
        return ~crc;
    }
}
