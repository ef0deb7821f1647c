package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.Downstream;
import io.tributary.record.Downstream.RowsShard;
import io.tributary.record.Downstream.SharedShard;
import io.tributary.record.DownstreamFormat;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.RoundReport.Traffic;
import io.tributary.record.ShardId;
import io.tributary.record.ShardUpdate;
import io.tributary.record.ShardUpdateFormat;
import io.tributary.record.SourceId;
import io.tributary.record.TensorId;
import io.tributary.record.WireType;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class TrafficCountTest {
    private static final TypeSerializer<ShardUpdate> UPDATES = new WireType<>(new ShardUpdateFormat()).serializer();
    private static final TypeSerializer<Downstream> DOWNSTREAM = new WireType<>(new DownstreamFormat()).serializer();

    private final Random random = new Random(7);
    private final TrafficCount traffic = new TrafficCount();
    private final Map<ParameterGroup, Long> written = new EnumMap<>(ParameterGroup.class);

    @Test
    void whatIsCountedIsWhatTheSerializersWrite() throws IOException {
        for (int i = 0; i < 300; i++) {
            randomRecord();
        }

        Map<ParameterGroup, Long> counted = new EnumMap<>(ParameterGroup.class);
        for (Traffic each : traffic.take()) {
            counted.put(each.group(), each.sent() + each.received() + each.framing());
        }
        assertThat(counted).isEqualTo(written).hasSize(3);
    }

    @Test
    void valuesAndIdsOfRowsAreNoFraming() {
        ShardId shard = new ShardId(TensorId.parameters(ParameterGroup.TOKENS), 4);
        SourceId source = new SourceId("zh", 84);
        traffic.sent(new ShardUpdate(shard, source, 2, 2, 1, new int[] {1, 5, 6}, new float[12]), true);
        traffic.received(new RowsShard(shard, source, 3, new int[] {1, 5}, new float[8]));

        assertThat(traffic.take()).singleElement().satisfies(of -> {
            assertThat(of.sent()).isEqualTo(4 * (12 + 3));
            assertThat(of.received()).isEqualTo(4 * (8 + 2));
        });
    }

    /** There is no choice of rows, so the id of its one row says nothing. */
    @Test
    void theIdOfAShardsOnlyRowIsFraming() {
        ShardId shard = new ShardId(TensorId.parameters(ParameterGroup.BODY), 4);
        traffic.sent(ShardUpdate.whole(shard, new SourceId("zh", 84), 2, 2, 1, new float[12]), false);

        assertThat(traffic.take()).singleElement().satisfies(of -> assertThat(of.sent())
                .isEqualTo(4 * 12));
    }

    @Test
    void countsBeginAnewAfterTheyWereTakenAndOutliveACheckpoint() throws IOException {
        randomRecord();
        DataOutputSerializer out = new DataOutputSerializer(64);
        traffic.write(out);
        TrafficCount read = new TrafficCount();
        read.read(new DataInputDeserializer(out.getCopyOfBuffer()));

        List<Traffic> taken = traffic.take();
        assertThat(taken).isNotEmpty();
        assertThat(read.take()).isEqualTo(taken);
        assertThat(traffic.take()).isEmpty();
    }

    private void randomRecord() throws IOException {
        ParameterGroup group = ParameterGroup.ofTag(random.nextInt(3));
        ShardId shard = new ShardId(new TensorId(group, Quantity.ofTag(random.nextInt(3))), random.nextInt(99));
        SourceId source = new SourceId("source".substring(random.nextInt(6)), random.nextInt(600));
        long round = random.nextInt(1_000_000);
        int[] rows = random.ints(0, 1_000)
                .distinct()
                .limit(random.nextInt(20))
                .sorted()
                .toArray();
        float[] values = new float[rows.length * (1 + random.nextInt(8))];
        DataOutputSerializer out = new DataOutputSerializer(64);
        switch (random.nextInt(4)) {
            case 0 -> {
                ShardUpdate update = new ShardUpdate(shard, source, round, round, 0.5, rows, values);
                traffic.sent(update, true);
                UPDATES.serialize(update, out);
            }
            case 1 -> {
                ShardUpdate update = rows.length == 0
                        ? ShardUpdate.nothing(shard, source, round, round)
                        : ShardUpdate.whole(shard, source, round, round, 0.5, values);
                traffic.sent(update, false);
                UPDATES.serialize(update, out);
            }
            case 2 -> {
                SharedShard shared = new SharedShard(shard, round, values);
                traffic.received(shared);
                DOWNSTREAM.serialize(shared, out);
            }
            default -> {
                RowsShard some = new RowsShard(shard, source, round, rows, values);
                traffic.received(some);
                DOWNSTREAM.serialize(some, out);
            }
        }
        written.merge(group, (long) out.length(), Long::sum);
    }
}
