package io.tributary.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.core.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SafetensorsTest {
    /** 140 bytes of JSON and four spaces. */
    private static final String HEADER = "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]}}    ";

    @TempDir
    java.nio.file.Path folder;

    @Test
    void bytesAreThoseOfTheFormat() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SafetensorsWriter.write(
                out,
                Map.of("format", "pt"),
                List.of(
                        Tensor.of("a", FloatSource.of(new float[] {1, -2}), 2, 1),
                        Tensor.of("b", FloatSource.of(new float[] {0.5f}))));

        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.write(new byte[] {(byte) 144, 0, 0, 0, 0, 0, 0, 0});
        expected.write(HEADER.getBytes(StandardCharsets.US_ASCII));
        expected.write(new byte[] {0, 0, (byte) 0x80, 0x3F, 0, 0, 0, (byte) 0xC0, 0, 0, 0, 0x3F});
        assertThat(out.toByteArray()).isEqualTo(expected.toByteArray());
    }

    @Test
    void valuesComeBackToTheBitWholeAndInSlices() throws IOException {
        float[] many = new float[3 * SafetensorsWriter.SLICE_FLOATS + 7];
        Random random = new Random(5);
        for (int i = 0; i < many.length; i++) {
            many[i] = Float.intBitsToFloat(random.nextInt());
        }
        float[] few = {Float.NaN, -0.0f, Float.MIN_VALUE};
        Path file = write(List.of(
                Tensor.of("zürich \"1\"", FloatSource.of(few), 3),
                Tensor.of("nothing", FloatSource.of(new float[0]), 0, 4),
                Tensor.of("many", FloatSource.of(many), many.length)));

        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThat(reader.names()).containsExactly("zürich \"1\"", "nothing", "many");
            assertThat(reader.metadata()).containsEntry("k", "v");
            assertThat(reader.shape("nothing")).containsExactly(0L, 4L);
            assertThat(bits(reader.read("many"))).isEqualTo(bits(many));
            assertThat(bits(reader.read("zürich \"1\""))).isEqualTo(bits(few));
            assertThat(reader.read("nothing")).isEmpty();
            float[] slice = new float[SafetensorsWriter.SLICE_FLOATS + 2];
            reader.read("many", 16_001, slice);
            assertThat(bits(slice)).isEqualTo(bits(Arrays.copyOfRange(many, 16_001, 16_001 + slice.length)));
        }
    }

    @Test
    void halfPrecisionIsRoundedToTheNearestOfTwoToTheEvenOne() throws IOException {
        float[] values = {
            1, 0x1.01p0f, 0x1.03p0f, Math.nextUp(0x1.01p0f), -3.39e38f, Float.MAX_VALUE, 0f, -0f, Float.NaN
        };
        java.nio.file.Path file = folder.resolve("half.safetensors");
        try (OutputStream out = Files.newOutputStream(file)) {
            SafetensorsWriter.write(
                    out, Map.of(), Dtype.BF16, List.of(Tensor.of("a", FloatSource.of(values), values.length)));
        }

        try (SafetensorsReader reader = SafetensorsReader.open(Path.fromLocalFile(file.toFile()))) {
            assertThat(reader.read("a"))
                    .containsExactly(
                            1, 1, 0x1.04p0f, 0x1.02p0f, -0x1.FEp127f, Float.POSITIVE_INFINITY, 0f, -0f, Float.NaN);
            float[] slice = new float[2];
            reader.read("a", 2, slice);
            assertThat(slice).containsExactly(0x1.04p0f, 0x1.02p0f);
        }
    }

    @Test
    void sliceBeyondTheTensorIsRefused() throws IOException {
        Path file = write(List.of(Tensor.of("a", FloatSource.of(new float[4]), 4)));

        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertThatThrownBy(() -> reader.read("a", 2, new float[3]))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("has 4 values: there are no 3 from 2 on");
            assertThatThrownBy(() -> reader.read("b")).hasMessageContaining("no tensor 'b', but [a]");
        }
    }

    @Test
    void namesMustDiffer() {
        Tensor tensor = Tensor.of("a", FloatSource.of(new float[1]), 1);

        assertThatThrownBy(() -> write(List.of(tensor, tensor))).hasMessageContaining("'a'");
        assertThatThrownBy(() -> write(List.of(new Tensor("__metadata__", List.of(), tensor.values()))))
                .hasMessageContaining("__metadata__");
    }

    @Test
    void tensorsBeyondTwoGigabytesAreWritten() throws IOException {
        long count = (1L << 29) + 3;
        // The heap of this test would not hold it: each value tells its own index.
        Tensor large = Tensor.of(
                "large",
                (from, out) -> {
                    Arrays.fill(out, 0);
                    out[0] = from;
                },
                count);
        TailOutput out = new TailOutput();

        SafetensorsWriter.write(out, Map.of(), List.of(large, Tensor.of("last", FloatSource.of(new float[] {7}), 1)));

        int header = 8
                + SafetensorsHeader.of(
                                Map.of(), Dtype.F32, List.of(large, Tensor.of("last", FloatSource.of(new float[1]), 1)))
                        .encode()
                        .length;
        assertThat(out.length).isEqualTo(header + (count + 1) * 4);
        ByteBuffer tail = ByteBuffer.wrap(out.tail).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(tail.getFloat(0)).isEqualTo(7);
    }

    @Test
    void slicesBeyondTwoGigabytesAreRead() throws IOException {
        long count = (1L << 29) + 3;
        byte[] header = SafetensorsHeader.of(
                        Map.of(), Dtype.F32, List.of(Tensor.of("large", FloatSource.of(new float[0]), count)))
                .encode();
        java.nio.file.Path file = folder.resolve("sparse.safetensors");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.writeLong(Long.reverseBytes(header.length));
            sparse.write(header);
            sparse.seek(8 + header.length + (count - 1) * 4);
            sparse.writeInt(Integer.reverseBytes(Float.floatToIntBits(42)));
        }

        try (SafetensorsReader reader = SafetensorsReader.open(Path.fromLocalFile(file.toFile()))) {
            float[] end = new float[2];
            reader.read("large", count - 2, end);
            assertThat(end).containsExactly(0, 42);
        }
    }

    @ParameterizedTest
    @MethodSource("damagedFiles")
    void damageIsNamed(byte[] bytes, String what) throws IOException {
        java.nio.file.Path file = folder.resolve("damaged.safetensors");
        Files.write(file, bytes);

        assertThatThrownBy(() -> SafetensorsReader.open(Path.fromLocalFile(file.toFile())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged.safetensors")
                .hasMessageContaining(what);
    }

    static Stream<Arguments> damagedFiles() {
        String one = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
        return Stream.of(
                arguments(new byte[] {1, 0, 0}, "it has 3 bytes"),
                arguments(new byte[] {9, 0, 0, 0, 0, 0, 0, 0, '{'}, "header would have 9 bytes"),
                arguments(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) 0x80, '{'}, "header would have -"),
                arguments(file("[1]", 0), "not a JSON object"),
                arguments(file("{\"a\":", 0), "not JSON"),
                arguments(file(one, 7), "take 8 bytes, but 7 follow"),
                arguments(file(one, 9), "take 8 bytes, but 9 follow"),
                arguments(file(one.replace("F32", "I64"), 8), "of type 'I64'"),
                arguments(file(one.replace("F32", "BF16"), 8), "shape [2] cannot lie in bytes 0 to 8"),
                arguments(file(one.replace("[2]", "[3]"), 8), "shape [3] cannot lie in bytes 0 to 8"),
                arguments(file(one.replace("[2]", "[-2]"), 8), "'-2' where a size belongs"),
                arguments(file(one.replace("[0,8]", "[4,12]"), 12), "begins at byte 4"),
                arguments(file(one.replace("[0,8]", "[8]"), 8), "no data_offsets of two numbers"),
                arguments(file(one.replace("[2]", "[4294967296,4294967296]"), 8), "larger than any file"));
    }

    private static byte[] file(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        return bytes.putLong(json.length).put(json).array();
    }

    private Path write(List<Tensor> tensors) throws IOException {
        java.nio.file.Path file = folder.resolve("t.safetensors");
        try (OutputStream out = Files.newOutputStream(file)) {
            SafetensorsWriter.write(out, Map.of("k", "v"), tensors);
        }
        return Path.fromLocalFile(file.toFile());
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }

    /** Counts, and keeps the last four bytes that were written together. */
    private static final class TailOutput extends OutputStream {
        private long length;
        private byte[] tail = new byte[4];

        @Override
        public void write(int b) {
            length++;
        }

        @Override
        public void write(byte[] bytes, int offset, int count) {
            length += count;
            if (count == 4) {
                tail = Arrays.copyOfRange(bytes, offset, offset + 4);
            }
        }
    }
}
