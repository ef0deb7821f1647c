package io.tributary.flow;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.record.Downstream;
import io.tributary.record.Downstream.RowsShard;
import io.tributary.record.Downstream.SharedShard;
import io.tributary.record.MergedShard;
import io.tributary.record.Quantity;
import io.tributary.record.ShardId;
import io.tributary.record.ShardRequest;
import io.tributary.record.SourceId;
import io.tributary.record.WireType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * The authoritative shared parameters, shard by shard. One merged update makes one outer step. The new shard goes to
 * everyone; where sources hold rows of it, each source gets its own.
 *
 * <p>A request for what everyone has is answered once every Train subtask has asked, which each does when it starts, so
 * it travels once and not once per subtask; a repeated request is answered at once.
 */
public final class OuterStep extends KeyedCoProcessFunction<ShardId, MergedShard, ShardRequest, Downstream> {
    private static final long serialVersionUID = 1;

    private final SharedLayout layout;
    private final InitialValues initial;

    private transient ValueState<OuterShard> shards;
    private transient Map<ShardId, BitSet> asked;
    private transient InitialValues.@Nullable Reader reader;
    private transient Counter outerSteps;
    private transient Counter mergedBytes;
    private transient Counter broadcastBytes;
    /** The newest round that any shard here starts from; metrics are read by other threads. */
    private transient volatile long outerRound;

    @SuppressWarnings("NullAway.Init") // Flink calls open() first
    public OuterStep(TrainingSettings settings, InitialValues initial) {
        this(settings.layout(), initial);
    }

    @SuppressWarnings("NullAway.Init")
    OuterStep(SharedLayout layout, InitialValues initial) {
        this.layout = layout;
        this.initial = initial;
    }

    @Override
    public void open(OpenContext context) {
        shards = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("body", new WireType<>(new OuterShardFormat())));
        asked = new HashMap<>();
        MetricGroup metrics = getRuntimeContext().getMetricGroup();
        outerSteps = Metric.OUTER_STEPS.count(metrics);
        mergedBytes = Metric.MERGED_BYTES.count(metrics);
        broadcastBytes = Metric.BROADCAST_BYTES.count(metrics);
        Metric.OUTER_ROUND.show(metrics, () -> outerRound);
    }

    @Override
    public void processElement1(MergedShard merged, Context context, Collector<Downstream> out) throws Exception {
        ShardId id = merged.shard();
        OuterShard before = current(id);
        // Moments are not merged in every round.
        boolean inOrder = id.tensor().quantity() == Quantity.PARAMETERS
                ? merged.round() == before.round()
                : merged.round() >= before.round();
        if (!inOrder) {
            throw new IllegalStateException(
                    "Shard %s is at round %d and was given the merged update of round %d: one outer step per shard and round"
                            .formatted(id, before.round(), merged.round()));
        }
        OuterShard after = layout.beginsAnew(id, merged.round() + 1)
                ? anew(id, merged.round() + 1, before)
                : stepped(before, merged);
        shards.update(after);
        outerSteps.inc();
        mergedBytes.inc((long) merged.mean().length * Float.BYTES);
        if (layout.byRows(id.tensor())) {
            after.holders().forEach((source, rows) -> send(rowsOf(id, after, source, rows), context));
        } else {
            send(new SharedShard(id, after.round(), after.thetaN()), out);
        }
    }

    private OuterShard stepped(OuterShard before, MergedShard merged) {
        // New arrays: those in state may be part of a checkpoint that is being written.
        float[] thetaN = before.thetaN().clone();
        float[][] momentaKN = before.momentaKN().clone();
        Arrays.setAll(momentaKN, k -> momentaKN[k].clone());
        // A whole shard is one row; an update without rows moves nothing.
        int width = layout.byRows(merged.shard().tensor()) ? layout.shape().width() : thetaN.length;
        if (merged.rows().length > 0) {
            stepRows(thetaN, momentaKN, merged, width);
        }
        return new OuterShard(merged.round() + 1, thetaN, momentaKN, before.holders());
    }

    /** Only rows that someone has trained move; of the others the momenta stay as they are, too. */
    private void stepRows(float[] thetaN, float[][] momentaKN, MergedShard merged, int width) {
        Quantity quantity = merged.shard().tensor().quantity();
        if (quantity != Quantity.PARAMETERS) {
            Rows.scatter(unscaled(merged.mean(), quantity.scale()), merged.rows(), width, thetaN);
            return;
        }
        float[] thetaRows = Rows.gather(thetaN, merged.rows(), width);
        float[][] momentaRows = new float[momentaKN.length][];
        Arrays.setAll(momentaRows, k -> Rows.gather(momentaKN[k], merged.rows(), width));
        layout.merging().outer().step(thetaRows, momentaRows, merged.mean());
        Rows.scatter(thetaRows, merged.rows(), width, thetaN);
        for (int k = 0; k < momentaKN.length; k++) {
            Rows.scatter(momentaRows[k], merged.rows(), width, momentaKN[k]);
        }
    }

    private static float[] unscaled(float[] values, float scale) {
        float[] unscaled = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            unscaled[i] = values[i] / scale;
        }
        return unscaled;
    }

    @Override
    public void processElement2(ShardRequest request, Context context, Collector<Downstream> out) throws Exception {
        if (request instanceof ShardRequest.Everyones everyones) {
            BitSet who = asked.computeIfAbsent(request.shard(), shard -> new BitSet());
            who.set(everyones.subtask());
            int everyone = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
            if (everyones.attempt() > 0 || who.cardinality() == everyone) {
                who.clear();
                OuterShard shard = current(request.shard());
                send(new SharedShard(request.shard(), shard.round(), shard.thetaN()), out);
            }
        } else if (request instanceof ShardRequest.Rows rows) {
            OuterShard before = current(request.shard());
            shards.update(before.with(rows.source(), rows.rows()));
            if (rows.rows().length > 0 && before.round() >= rows.fromRound()) {
                int[] missing = rows.fromRound() == 0 ? rows.rows() : before.notHeldBy(rows.source(), rows.rows());
                send(rowsOf(request.shard(), before, rows.source(), missing), context);
            }
        }
    }

    private void send(SharedShard shard, Collector<Downstream> out) {
        sent(shard.payloadBytes(), shard.round());
        out.collect(shard);
    }

    private void send(RowsShard shard, Context context) {
        sent(shard.payloadBytes(), shard.round());
        context.output(Outputs.ROWS, shard);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread alone writes
    private void sent(long bytes, long round) {
        broadcastBytes.inc(bytes);
        outerRound = Math.max(outerRound, round);
    }

    private RowsShard rowsOf(ShardId id, OuterShard shard, SourceId source, int[] rows) {
        int width = layout.shape().width();
        return new RowsShard(id, source, shard.round(), rows, Rows.gather(shard.thetaN(), rows, width));
    }

    private OuterShard current(ShardId id) throws Exception {
        OuterShard shard = shards.value();
        int momenta = id.tensor().quantity() == Quantity.PARAMETERS
                ? layout.merging().outer().stateArrays()
                : 0;
        if (shard == null) {
            float[] thetaN = initial(id);
            shard = new OuterShard(0, thetaN, new float[momenta][thetaN.length], new TreeMap<>());
            shards.update(shard);
        }
        int length = layout.sharding(id.tensor()).length(id.index());
        if (shard.thetaN().length != length) {
            throw new Failure(
                    ErrorCode.STATE_DOES_NOT_FIT,
                    "Shard %s has %d values in the savepoint and %d in the settings: keep the values of a shard and the rows of the vocabulary as they were"
                            .formatted(id, shard.thetaN().length, length));
        }
        if (shard.momentaKN().length != momenta) {
            throw new Failure(
                    ErrorCode.STATE_DOES_NOT_FIT,
                    "The outer optimizer remembers %d values of each parameter in the savepoint, and that of the settings %d: keep outer.optimizer as it was, or begin a new run with init.from"
                            .formatted(shard.momentaKN().length, momenta));
        }
        return shard;
    }

    /** The first epoch alone begins with what was trained before; embeddings that begin anew are drawn. */
    private float[] initial(ShardId id) {
        float[] thetaN = layout.initial(id, 0);
        if (id.tensor().quantity() == Quantity.PARAMETERS && thetaN.length > 0) {
            try {
                if (reader == null) {
                    reader = initial.open();
                }
                long from = layout.sharding(id.tensor()).start(id.index());
                reader.overwrite(id.tensor().group(), InitialValues.EVERYONE, from, thetaN);
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "The run cannot begin with the model of init.from: " + e.getMessage(), e);
            }
        }
        return thetaN;
    }

    private OuterShard anew(ShardId id, long round, OuterShard before) {
        float[] thetaN = layout.initial(id, round);
        return new OuterShard(round, thetaN, new float[before.momentaKN().length][thetaN.length], before.holders());
    }

    @Override
    public void close() throws IOException {
        if (reader != null) {
            reader.close();
        }
    }
}
