package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.SourceId;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OuterShardFormatTest {
    private final OuterShardFormat format = new OuterShardFormat();

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aShardComesBackWithItsMomentaInOrder(int momenta) throws IOException {
        float[][] momentaKN = new float[momenta][];
        for (int k = 0; k < momenta; k++) {
            momentaKN[k] = new float[] {k + 0.1f, -0f, Float.MIN_VALUE};
        }
        SortedMap<SourceId, int[]> holders =
                new TreeMap<>(Map.of(new SourceId("de", 312), new int[] {0, 2}, new SourceId("zh", 84), new int[] {1}));
        DataOutputSerializer out = new DataOutputSerializer(64);

        format.write(new OuterShard(7, new float[] {1, -2, 0.5f}, momentaKN, holders), out);
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
        OuterShard read = format.read(format.version(), in);

        assertThat(in.available()).isZero();
        assertThat(read.round()).isEqualTo(7);
        assertThat(read.thetaN()).containsExactly(1, -2, 0.5f);
        assertThat(read.momentaKN()).isDeepEqualTo(momentaKN);
        assertThat(read.holders()).usingRecursiveComparison().isEqualTo(holders);
    }

    @Test
    void noBitOfAShardChangesUnseen() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(64);
        format.write(new OuterShard(7, new float[] {1, -2, 0.5f}, new float[1][3], new TreeMap<>()), out);
        for (int bit = 0; bit < 8 * out.length(); bit++) {
            byte[] bytes = out.getCopyOfBuffer();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);

            assertThatThrownBy(() -> format.read(2, new DataInputDeserializer(bytes)))
                    .as("bit %d", bit)
                    .isInstanceOf(IOException.class);
        }
    }
}
