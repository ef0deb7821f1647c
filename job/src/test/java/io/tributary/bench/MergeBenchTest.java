package io.tributary.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.MergedShard;
import org.junit.jupiter.api.Test;

class MergeBenchTest {
    @Test
    void whatIsTimedReadsEveryUpdateAndGivesTheirMean() throws Exception {
        MergeBench bench = new MergeBench(100, 3, 1, 0.01, 1);
        MergedShard one =
                new MergeBench(100, 1, 1, 0.01, 1).merge(bench.updates().subList(0, 1));
        MergedShard all = bench.merge(bench.updates());
        assertThat(all.contributions()).isEqualTo(3);
        assertThat(all.mean()).hasSize(100).isNotEqualTo(one.mean());
    }

    @Test
    void messagesGoThereAndBack() throws Exception {
        try (Loopback loopback = new Loopback(3_000_000)) {
            assertThat(loopback.oneWay(2)).isPositive();
            assertThat(loopback.roundTrips(2)).isPositive();
        }
    }
}
