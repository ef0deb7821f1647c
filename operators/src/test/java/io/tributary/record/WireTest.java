package io.tributary.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireTest {
    /** None, less than a piece, about one and two of 2048 values, and more than are made room for at first. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2047, 2048, 2049, 4096, 5000, (4 << 20) + 3})
    void floatsAreALengthInBytesAndLittleEndianBits(int count) throws IOException {
        float[] values = anyBits(count);
        ByteBuffer expected =
                ByteBuffer.allocate(Integer.BYTES + count * Float.BYTES).putInt(count * Float.BYTES);
        expected.order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            expected.putInt(Float.floatToRawIntBits(value));
        }

        assertThat(written(values)).isEqualTo(expected.array());
        assertThat(bits(Wire.readFloats(new DataInputDeserializer(expected.array()))))
                .isEqualTo(bits(values));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 1000, 2049})
    void floatsComeOutOfAStreamThatGivesAFewBytesAtATime(int most) throws IOException {
        float[] values = anyBits(5000);
        InputStream slow = new ByteArrayInputStream(written(values)) {
            @Override
            public int read(byte[] bytes, int from, int length) {
                return super.read(bytes, from, Math.min(length, most));
            }
        };
        DataInputViewStreamWrapper in = new DataInputViewStreamWrapper(slow);

        assertThat(bits(Wire.readFloats(in))).isEqualTo(bits(values));
        assertThat(slow.read()).isEqualTo(-1);
    }

    @Test
    void intsAndLongsOfManyPiecesComeBack() throws IOException {
        int[] ints = new Random(1).ints(5000).toArray();
        long[] longs = new Random(2).longs(5000).toArray();
        DataOutputSerializer out = new DataOutputSerializer(64);
        Wire.writeInts(ints, out);
        Wire.writeLongs(longs, out);
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

        assertThat(Wire.readInts(in)).isEqualTo(ints);
        assertThat(Wire.readLongs(in)).isEqualTo(longs);
        assertThat(in.available()).isZero();
    }

    @Test
    void floatsThatEndTooEarlyAreAnError() throws IOException {
        byte[] bytes = ByteBuffer.wrap(written(anyBits(3000)))
                .putInt(0, Integer.MAX_VALUE - 3)
                .array();

        assertThatThrownBy(() -> Wire.readFloats(new DataInputDeserializer(bytes)))
                .isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-4, 6})
    void aLengthThatNoFloatsHaveIsRefused(int length) throws IOException {
        byte[] bytes = ByteBuffer.wrap(written(anyBits(3))).putInt(0, length).array();

        assertThatThrownBy(() -> Wire.readFloats(new DataInputDeserializer(bytes)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("length of " + length);
    }

    private static byte[] written(float[] values) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        Wire.writeFloats(values, out);
        return out.getCopyOfBuffer();
    }

    /** Of every kind: NaN with a payload, infinities, subnormals, both zeros. */
    private static float[] anyBits(int count) {
        Random random = new Random(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = Float.intBitsToFloat(random.nextInt());
        }
        return values;
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}
