package io.tributary.flow;

import static io.tributary.flow.TrainFixture.A;
import static io.tributary.flow.TrainFixture.B;
import static io.tributary.flow.TrainFixture.LOCAL_STEPS;
import static io.tributary.flow.TrainFixture.SHAPE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.merge.InnerState;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.ShardRequest;
import io.tributary.record.ShardRequestFormat;
import io.tributary.record.ShardUpdate;
import io.tributary.record.ShardUpdateFormat;
import io.tributary.record.SourceId;
import io.tributary.record.TensorId;
import io.tributary.record.Variant;
import io.tributary.record.WireType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Under SPEC the embeddings of a source, and what AdamW remembers of them, are never on the wire. */
class SpecWireTest {
    private static final int ROUNDS = 6;

    static List<InnerState> innerStates() {
        return List.of(new InnerState.Keep(), new InnerState.Sync(1, 2));
    }

    @ParameterizedTest
    @MethodSource("innerStates")
    void noByteOfTokensOrPositionsLeavesASource(InnerState innerState) throws IOException {
        try (TrainFixture train =
                new TrainFixture(TrainFixture.settings(TrainFixture.merging(Variant.SPEC, innerState, 0)))) {
            train.vocabulary(A);
            train.vocabulary(B);
            Set<Long> own = new HashSet<>();
            for (int round = 0; round < ROUNDS; round++) {
                train.batches(A, round * LOCAL_STEPS, (round + 1) * LOCAL_STEPS);
                train.batches(B, 100 + round * LOCAL_STEPS, 100 + (round + 1) * LOCAL_STEPS);
                collectOwn(train, own);
                train.round(round);
                collectOwn(train, own);
            }

            byte[] wire = wire(train.out);
            assertThat(train.out.updates)
                    .isNotEmpty()
                    .allMatch(update -> update.shard().tensor().group() == ParameterGroup.BODY);
            assertThat(train.out.requests)
                    .allMatch(request -> request.shard().tensor().group() == ParameterGroup.BODY);
            assertThat(own).hasSizeGreaterThan(10_000);
            assertThat(foundIn(wire, own)).isEmpty();
        }
    }

    @Test
    void theBodyIsSentOnceByEachSourceInEachRoundAndNothingElse() {
        try (TrainFixture train = new TrainFixture(Variant.SPEC)) {
            for (SourceId source : List.of(A, B)) {
                train.vocabulary(source);
                train.batches(source, 0, ROUNDS * LOCAL_STEPS);
            }
            for (int round = 0; round < ROUNDS; round++) {
                train.round(round);
                for (SourceId source : List.of(A, B)) {
                    assertThat(train.out.updates(source, round).stream()
                                    .mapToLong(update -> update.values().length)
                                    .sum())
                            .isEqualTo(SHAPE.bodyParameters());
                    assertThat(train.out.updates(source, round))
                            .allSatisfy(update -> assertThat(update.rows()).containsExactly(0));
                }
            }
        }
    }

    /** The search finds what is there. */
    @Test
    void momentsOfTokensThatAreSentUnderGlobAreFound() throws IOException {
        try (TrainFixture train = new TrainFixture(
                TrainFixture.settings(TrainFixture.merging(Variant.GLOB, new InnerState.Sync(1, 1), 0)))) {
            train.vocabulary(A);
            train.batches(A, 0, LOCAL_STEPS);
            train.round(0);
            TensorId tensor = new TensorId(ParameterGroup.TOKENS, Quantity.FIRST_MOMENT);
            Set<Long> moments = new HashSet<>();
            collect(train.tensor(A, tensor), moments);

            // All but the neighbours that lie in two shards.
            assertThat(foundIn(wire(train.out), moments))
                    .hasSizeGreaterThan(
                            moments.size() - train.layout().sharding(tensor).count());
        }
    }

    /** Values and moments of the embeddings of both sources, as bits. */
    private static void collectOwn(TrainFixture train, Set<Long> own) throws IOException {
        for (SourceId source : List.of(A, B)) {
            for (ParameterGroup group : List.of(ParameterGroup.TOKENS, ParameterGroup.POSITIONS)) {
                for (Quantity quantity : Quantity.values()) {
                    collect(train.tensor(source, new TensorId(group, quantity)), own);
                }
            }
        }
    }

    /**
     * Neighbours in pairs, as bits: among some ten thousand single floats of one magnitude chance finds equal ones. No
     * tiny values, whose bytes are like those of counts.
     */
    private static void collect(float[] values, Set<Long> pairs) {
        for (int i = 0; i + 1 < values.length; i++) {
            if (Math.abs(values[i]) > 1e-6 && Math.abs(values[i + 1]) > 1e-6) {
                pairs.add(pair(Float.floatToRawIntBits(values[i]), Float.floatToRawIntBits(values[i + 1])));
            }
        }
    }

    private static long pair(int first, int second) {
        return (long) first << Integer.SIZE | Integer.toUnsignedLong(second);
    }

    private static byte[] wire(Recorder out) throws IOException {
        DataOutputSerializer bytes = new DataOutputSerializer(1 << 16);
        for (ShardUpdate update : out.updates) {
            new WireType<>(new ShardUpdateFormat()).serializer().serialize(update, bytes);
        }
        for (ShardRequest request : out.requests) {
            new WireType<>(new ShardRequestFormat()).serializer().serialize(request, bytes);
        }
        return bytes.getCopyOfBuffer();
    }

    /** Those of the pairs whose eight bytes stand anywhere in the bytes, in either order. */
    private static Set<Long> foundIn(byte[] bytes, Set<Long> pairs) {
        Set<Long> found = new HashSet<>();
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            buffer.order(order);
            for (int at = 0; at + Long.BYTES <= bytes.length; at++) {
                long pair = pair(buffer.getInt(at), buffer.getInt(at + Integer.BYTES));
                if (pairs.contains(pair)) {
                    found.add(pair);
                }
            }
        }
        return found;
    }
}
