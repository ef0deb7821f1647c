package io.tributary.flow;

import io.tributary.merge.OuterOptimizer;
import io.tributary.merge.Sharding;
import io.tributary.model.Initializer;
import io.tributary.model.ModelShape;
import io.tributary.record.BodyRequest;
import io.tributary.record.Downstream;
import io.tributary.record.Downstream.BodyShard;
import io.tributary.record.MergedShard;
import io.tributary.record.ShardId;
import io.tributary.record.WireType;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;

/**
 * The authoritative body, shard by shard. One merged update makes one outer step; the new shard goes to everyone.
 *
 * <p>A request for the body is answered once every Train subtask has asked, which each does when it starts, so the body
 * travels once and not once per subtask; a repeated request is answered at once.
 */
public final class OuterStep extends KeyedCoProcessFunction<ShardId, MergedShard, BodyRequest, Downstream> {
    private static final long serialVersionUID = 1;

    private final ModelShape shape;
    private final Sharding sharding;
    private final OuterOptimizer optimizer;
    private final long seed;

    private transient ValueState<OuterShard> shards;
    private transient Map<ShardId, BitSet> asked;

    @SuppressWarnings("NullAway.Init") // Flink calls open() first
    public OuterStep(ModelShape shape, Sharding sharding, OuterOptimizer optimizer, long seed) {
        this.shape = shape;
        this.sharding = sharding;
        this.optimizer = optimizer;
        this.seed = seed;
    }

    @Override
    public void open(OpenContext context) {
        shards = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("body", new WireType<>(new OuterShardFormat())));
        asked = new HashMap<>();
    }

    @Override
    public void processElement1(MergedShard merged, Context context, Collector<Downstream> out) throws Exception {
        OuterShard before = current(merged.shard());
        if (merged.round() != before.round()) {
            throw new IllegalStateException(
                    "Shard %s is at round %d and was given the merged update of round %d: one outer step per shard and round"
                            .formatted(merged.shard(), before.round(), merged.round()));
        }
        // New arrays: those in state may be part of a checkpoint that is being written.
        float[] thetaN = before.thetaN().clone();
        float[][] momentaKN = before.momentaKN().clone();
        Arrays.setAll(momentaKN, k -> momentaKN[k].clone());
        optimizer.step(thetaN, momentaKN, merged.meanDelta());
        OuterShard after = new OuterShard(before.round() + 1, thetaN, momentaKN);
        shards.update(after);
        out.collect(new BodyShard(merged.shard(), after.round(), after.thetaN()));
    }

    @Override
    public void processElement2(BodyRequest request, Context context, Collector<Downstream> out) throws Exception {
        BitSet who = asked.computeIfAbsent(request.shard(), shard -> new BitSet());
        who.set(request.subtask());
        int everyone = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        if (request.attempt() > 0 || who.cardinality() == everyone) {
            who.clear();
            OuterShard shard = current(request.shard());
            out.collect(new BodyShard(request.shard(), shard.round(), shard.thetaN()));
        }
    }

    private OuterShard current(ShardId id) throws Exception {
        OuterShard shard = shards.value();
        if (shard == null) {
            float[] thetaN = new float[sharding.length(id.index())];
            Initializer.body(shape, seed, sharding.start(id.index()), thetaN);
            shard = new OuterShard(0, thetaN, new float[optimizer.stateArrays()][thetaN.length]);
            shards.update(shard);
        }
        return shard;
    }
}
