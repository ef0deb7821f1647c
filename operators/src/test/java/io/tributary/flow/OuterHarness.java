package io.tributary.flow;

import io.tributary.record.Downstream;
import io.tributary.record.Downstream.RowsShard;
import io.tributary.record.Downstream.SharedShard;
import io.tributary.record.MergedShard;
import io.tributary.record.ShardId;
import io.tributary.record.ShardIdFormat;
import io.tributary.record.ShardRequest;
import io.tributary.record.SourceId;
import io.tributary.record.SourceKeys;
import io.tributary.record.WireType;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;

/** The first subtask of the outer step. */
@SuppressWarnings("try") // Flink's harness declares that close() throws any exception
final class OuterHarness
        extends KeyedTwoInputStreamOperatorTestHarness<ShardId, MergedShard, ShardRequest, Downstream> {
    OuterHarness(SharedLayout layout, int parallelism) throws Exception {
        this(layout, InitialValues.DRAWN, parallelism);
    }

    OuterHarness(SharedLayout layout, InitialValues initial, int parallelism) throws Exception {
        super(
                new KeyedCoProcessOperator<>(new OuterStep(layout, initial)),
                MergedShard::shard,
                ShardRequest::shard,
                new WireType<>(new ShardIdFormat()),
                SourceKeys.MAX_PARALLELISM,
                parallelism,
                0);
    }

    void merge(ShardId shard, long round, int[] rows, float... mean) throws Exception {
        processElement1(new StreamRecord<>(new MergedShard(shard, round, 1, rows, mean)));
    }

    void askForAll(ShardId shard, int subtask, int attempt) throws Exception {
        processElement2(new StreamRecord<>(new ShardRequest.Everyones(shard, subtask, attempt)));
    }

    void askForRows(ShardId shard, SourceId source, long fromRound, int... rows) throws Exception {
        processElement2(new StreamRecord<>(new ShardRequest.Rows(shard, source, rows, fromRound)));
    }

    /** All that went out by rows. */
    List<RowsShard> rows() {
        List<RowsShard> rows = new ArrayList<>();
        var side = getSideOutput(Outputs.ROWS);
        if (side != null) {
            side.forEach(record -> rows.add((RowsShard) record.getValue()));
        }
        return rows;
    }

    /** The values that went out last: to everyone, or else to a holder. */
    float[] last() {
        List<Downstream> everyones = extractOutputValues();
        if (!everyones.isEmpty()) {
            return ((SharedShard) everyones.get(everyones.size() - 1)).values();
        }
        List<RowsShard> rows = rows();
        return rows.get(rows.size() - 1).values();
    }
}
