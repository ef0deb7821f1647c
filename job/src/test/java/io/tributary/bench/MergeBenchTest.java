package io.tributary.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.MergedShard;
import io.tributary.record.ShardUpdate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergeBenchTest {
    @Test
    void whatIsTimedReadsEveryUpdateAndGivesTheirMean() throws Exception {
        List<ShardUpdate> updates = new MergeBench(100, 3, 1, 0.01, 1).updates();
        MergedShard one = MergeBench.merge(MergeBench.serialized(updates.subList(0, 1)));
        MergedShard all = MergeBench.merge(MergeBench.serialized(updates));
        assertThat(all.contributions()).isEqualTo(3);
        assertThat(all.mean()).hasSize(100).isNotEqualTo(one.mean());
    }

    /** Of a few in a buffer, and of one in a few buffers. */
    @ParameterizedTest
    @ValueSource(ints = {100, 50_000})
    void networkBuffersGiveTheSameMean(int shardValues) throws Exception {
        List<ShardUpdate> updates = new MergeBench(shardValues, 3, 1, 0.01, 1).updates();
        MergedShard merged = MergeBench.merge(MergeBench.inBuffers(updates));
        assertThat(merged).usingRecursiveComparison().isEqualTo(MergeBench.merge(MergeBench.serialized(updates)));
    }

    @Test
    void messagesGoThereAndBack() throws Exception {
        try (Loopback loopback = new Loopback(3_000_000)) {
            assertThat(loopback.oneWay(2)).isPositive();
            assertThat(loopback.roundTrips(2)).isPositive();
        }
    }
}
