package io.tributary.flow;

import io.tributary.merge.ShardSum;
import io.tributary.record.MergedShard;
import io.tributary.record.ShardUpdate;
import org.apache.flink.api.common.functions.AggregateFunction;

/** Merge: the weighted mean of one shard's updates in the window of one round. */
public final class MergeUpdates implements AggregateFunction<ShardUpdate, ShardSum, MergedShard> {
    private static final long serialVersionUID = 1;

    @Override
    public ShardSum createAccumulator() {
        return new ShardSum();
    }

    @Override
    public ShardSum add(ShardUpdate update, ShardSum sum) {
        sum.add(update);
        return sum;
    }

    @Override
    public MergedShard getResult(ShardSum sum) {
        return sum.toMean();
    }

    @Override
    public ShardSum merge(ShardSum one, ShardSum other) {
        one.merge(other);
        return one;
    }
}
