package io.tributary.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.stream.Stream;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WireFormatsTest {
    private static final SourceId SOURCE = new SourceId("de", 312);
    private static final ShardId SHARD = new ShardId(TensorId.parameters(ParameterGroup.BODY), 3);
    private static final TokenBlocks BLOCKS = new TokenBlocks(new int[] {1, 2, 3, 3, 4, 5}, 2, 17);

    static Stream<Arguments> records() {
        return Stream.of(
                Arguments.of(new SourceIdFormat(), SOURCE),
                Arguments.of(new ShardIdFormat(), SHARD),
                Arguments.of(new TokenBlocksFormat(), BLOCKS),
                Arguments.of(
                        new TokenizedFormat(),
                        new Tokenized.Vocabulary(SOURCE, new byte[] {1, 2, 3}, new int[] {4, 7})),
                Arguments.of(new TokenizedFormat(), new Tokenized.Batch(SOURCE, BLOCKS, new int[] {5})),
                Arguments.of(new TokenizedFormat(), new Tokenized.HeldOut(SOURCE, BLOCKS)),
                Arguments.of(
                        new DocumentFormat(), new Document(SOURCE, new Origin("corpus.de", 1, 42, 1_700), "Grüße 🌊")),
                Arguments.of(
                        new ShardUpdateFormat(),
                        new ShardUpdate(
                                SHARD, SOURCE, 7, 6, 0.25, new int[] {2, 5, 9}, new float[] {1, -0f, Float.MIN_VALUE})),
                Arguments.of(
                        new MergedShardFormat(), new MergedShard(SHARD, 7, 2, new int[] {1}, new float[] {0.5f, -2})),
                Arguments.of(new ShardRequestFormat(), new ShardRequest.Everyones(SHARD, 1, 2)),
                Arguments.of(new ShardRequestFormat(), new ShardRequest.Rows(SHARD, SOURCE, new int[] {3, 8}, 11)),
                Arguments.of(
                        new ShardIdFormat(),
                        new ShardId(new TensorId(ParameterGroup.TOKENS, Quantity.SECOND_MOMENT), 1)),
                Arguments.of(new DownstreamFormat(), new Downstream.SharedShard(SHARD, 8, new float[] {3, 4})),
                Arguments.of(
                        new DownstreamFormat(),
                        new Downstream.RowsShard(SHARD, SOURCE, 8, new int[] {0, 6}, new float[] {3, 4})),
                Arguments.of(new DownstreamFormat(), new Downstream.Participation(9)));
    }

    @ParameterizedTest
    @MethodSource("records")
    <T> void aRecordComesBackAsItWasWritten(WireFormat<T> format, T record) throws IOException {
        TypeSerializer<T> serializer = new WireType<>(format).serializer();
        DataOutputSerializer out = new DataOutputSerializer(64);
        serializer.serialize(record, out);
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

        assertThat(serializer.deserialize(in)).usingRecursiveComparison().isEqualTo(record);
        assertThat(in.available()).isZero();
    }

    @ParameterizedTest
    @MethodSource("records")
    <T> void theSnapshotOfASerializerRestoresOneThatReadsItsBytes(WireFormat<T> format, T record) throws IOException {
        TypeSerializer<T> serializer = new WireType<>(format).serializer();
        DataOutputSerializer out = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
        serializer.serialize(record, out);
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
        TypeSerializer<T> restored = TypeSerializerSnapshot.<T>readVersionedSnapshot(
                        in, getClass().getClassLoader())
                .restoreSerializer();

        assertThat(restored.deserialize(in)).usingRecursiveComparison().isEqualTo(record);
        assertThat(serializer
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(restored.snapshotConfiguration())
                        .isCompatibleAsIs())
                .isTrue();
    }

    @Test
    void stateOfANewerVersionIsRefusedWithBothVersions() {
        assertThatThrownBy(() -> new WireSerializer<>(new SourceIdFormat(), 2))
                .hasMessageContaining("versions 1 to 1")
                .hasMessageContaining("version 2");
    }

    @Test
    void aTagThatNobodyWroteIsRefused() {
        DataOutputSerializer out = new DataOutputSerializer(8);
        assertThatThrownBy(() -> {
                    out.writeByte(77);
                    new DownstreamFormat().read(1, new DataInputDeserializer(out.getCopyOfBuffer()));
                })
                .hasMessageContaining("77");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MAX_VALUE})
    void aDamagedLengthIsAnErrorThatSaysWhatToDo(int length) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(8);
        new OriginFormat().write(new Origin("corpus.de", 1, 42, 1_700), out);
        out.writeInt(length);
        TypeSerializer<DeadLetter> serializer = new WireType<>(new DeadLetterFormat()).serializer();

        assertThatThrownBy(() -> serializer.deserialize(new DataInputDeserializer(out.getCopyOfBuffer())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("No DeadLetter can be read here in its version 1")
                .hasMessageContaining("start from another one");
    }
}
