package io.tributary.flow;

import io.tributary.model.Computing;
import io.tributary.model.Devices;
import io.tributary.model.StepEngine;
import io.tributary.record.Downstream;
import io.tributary.record.RoundReport;
import io.tributary.record.Sample;
import io.tributary.record.ShardId;
import io.tributary.record.ShardRequest;
import io.tributary.record.ShardUpdate;
import io.tributary.record.SnapshotPart;
import io.tributary.record.SourceId;
import io.tributary.record.SourceKeys;
import io.tributary.record.Standing;
import io.tributary.record.TensorId;
import io.tributary.record.Tokenized;
import io.tributary.round.SourceRound;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupStatePartitionStreamProvider;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.function.ThrowingRunnable;

/**
 * Train: the stateful operator that holds the sources of a subtask and trains them.
 *
 * <p>It never blocks in {@link #processElement}: a batch is queued, and one mailbox action trains one batch, so that
 * barriers, timers and shards of the body come in between. Only a source whose queue is at its limit holds its subtask
 * up, and only while there is something to train; the mailbox is worked on meanwhile.
 */
final class TrainOperator extends AbstractStreamOperator<ShardUpdate>
        implements OneInputStreamOperator<Tokenized, ShardUpdate>, Outlet {
    private static final long serialVersionUID = 1;
    /** The first body is asked for again after this time; the wait doubles with each attempt. */
    private static final long FIRST_BODY_MS = 10_000;

    private final TrainingSettings settings;
    private final SnapshotStore snapshots;
    private final InitialValues initial;
    private final String loop;
    private final transient MailboxExecutor mailbox;

    private transient Devices.Lease device;
    private transient SubtaskTrainer trainer;
    private transient RoundGauges gauges;
    private transient HandOver.Place place;
    private transient Consumer<Downstream> receiver;
    private transient boolean workScheduled;
    private transient OptionalLong timerMs;

    @SuppressWarnings("NullAway.Init") // Flink calls initializeState() and open() first
    TrainOperator(
            StreamOperatorParameters<ShardUpdate> parameters,
            TrainingSettings settings,
            SnapshotStore snapshots,
            InitialValues initial,
            String loop) {
        super(parameters);
        this.settings = settings;
        this.snapshots = snapshots;
        this.initial = initial;
        this.loop = loop;
        this.mailbox = parameters.getMailboxExecutor();
    }

    /** Without this Flink takes the raw keyed streams for timers of its own, and the tensors would not come back. */
    @Override
    protected boolean isUsingCustomRawKeyedState() {
        return true;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        device = Devices.ofThisJvm().take(GpuResource.indexes(getRuntimeContext()));
        StepEngine engine = StepEngine.open(
                settings.shape(),
                new Computing(device.device(), settings.precision(), settings.microBatchRows()),
                settings.adamW(),
                settings.merging().variant().shared());
        trainer = new SubtaskTrainer(settings, engine, snapshots, initial, new SnapshotProgress(keyGroups()), this);
        TrainState state = new TrainState(trainer);
        for (KeyGroupStatePartitionStreamProvider keyGroup : context.getRawKeyedStateInputs()) {
            state.read(keyGroup.getKeyGroupId(), keyGroup.getStream());
        }
        for (SourceId known : trainer.known()) {
            settings.requireSameKey(known);
        }
        for (SourceId source : settings.sources()) {
            if (keyGroups().contains(keyGroup(source)) && !trainer.rounds().knows(source)) {
                trainer.rounds().expect(source);
            }
        }
    }

    private KeyGroupRange keyGroups() {
        var task = getRuntimeContext().getTaskInfo();
        return KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                SourceKeys.MAX_PARALLELISM, task.getNumberOfParallelSubtasks(), task.getIndexOfThisSubtask());
    }

    private static int keyGroup(SourceId source) {
        return KeyGroupRangeAssignment.assignToKeyGroup(source, SourceKeys.MAX_PARALLELISM);
    }

    @Override
    public void open() throws Exception {
        super.open();
        timerMs = OptionalLong.empty();
        receiver = record -> later(() -> receive(record), "receive from the broadcast stream");
        gauges = RoundGauges.in(getMetricGroup(), settings.rounds());
        trainer.sources().values().forEach(this::show);
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        place = new HandOver.Place(loop, HandOver.End.TRAIN, subtask);
        HandOver.register(place, receiver);
        // After open(), so that records go out only once the whole chain is open.
        later(
                () -> {
                    trainer.announceAppetites();
                    requestBody(0);
                },
                "request the body");
    }

    /** A task that is ending takes no more mails; what is left undone is in the savepoint that ends it, or nowhere. */
    private void later(ThrowingRunnable<? extends Exception> action, String description) {
        try {
            mailbox.execute(action, "%s", description);
        } catch (RejectedExecutionException e) {
            LOG.debug("Train is ending, and did not {}", description, e);
        }
    }

    private void requestBody(int attempt) {
        int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
        SharedLayout layout = trainer.layout();
        for (TensorId tensor : layout.tensors()) {
            for (int index = 0;
                    !layout.byRows(tensor) && index < layout.sharding(tensor).count();
                    index++) {
                request(new ShardRequest.Everyones(new ShardId(tensor, index), subtask, attempt));
            }
        }
        trainer.requestRows();
        lookAgain(attempt);
    }

    /** The feedback edge keeps nothing over a failure, so what does not come is asked for again. */
    private void lookAgain(int attempt) {
        long round = trainer.rounds().currentRound();
        long waitMs = round == SourceRound.NONE ? FIRST_BODY_MS << Math.min(attempt, 6) : overdueMs();
        var time = getProcessingTimeService();
        var unused = time.registerTimer(time.getCurrentProcessingTime() + waitMs, now -> {
            if (trainer.rounds().currentRound() == round && trainer.rounds().waitsForBody()) {
                trainer.repeatAnnouncement();
                requestBody(attempt + 1);
            } else {
                lookAgain(0);
            }
        });
    }

    /** Once a subtask has closed its round, the others do so within the timeout unless a step outlasts it. */
    private long overdueMs() {
        return 2 * settings.rounds().timeoutMs();
    }

    @Override
    public void processElement(StreamRecord<Tokenized> element) throws Exception {
        Tokenized record = element.getValue();
        // Not while it waits for a body: the updates of others that the body needs may wait behind a barrier at Merge,
        // and that barrier for this subtask's own, which is still in its input. So the limit gives way then.
        while (record instanceof Tokenized.Batch && trainer.mustWait(record.source())) {
            mailbox.yield();
        }
        trainer.accept(record, nowMs());
        if (record instanceof Tokenized.Vocabulary) {
            Optional.ofNullable(trainer.sources().get(record.source())).ifPresent(this::show);
        }
        afterwards();
    }

    private void show(TrainedSource source) {
        long lastRound = source.closed().map(TrainedSource.Closed::round).orElse(SourceRound.NONE);
        source.figures().register(getMetricGroup(), source.id(), lastRound);
    }

    private void receive(Downstream record) {
        trainer.receive(record, nowMs());
        afterwards();
    }

    /** Sees to it that work goes on and that the round's deadline is heard. */
    private void afterwards() {
        gauges.show(trainer, nowMs());
        if (!workScheduled && trainer.hasWork()) {
            workScheduled = true;
            later(this::work, "train one batch");
        }
        OptionalLong deadlineMs = trainer.rounds().deadlineMs();
        if (deadlineMs.isPresent() && !deadlineMs.equals(timerMs)) {
            timerMs = deadlineMs;
            var unused = getProcessingTimeService().registerTimer(deadlineMs.getAsLong(), now -> {
                // Not due yet where the clock was set back meanwhile: then it is registered again. Those of deadlines
                // that
                // are past all fire too, and must not register the present one once more each.
                if (timerMs.equals(deadlineMs)) {
                    timerMs = OptionalLong.empty();
                }
                trainer.deadline(nowMs());
                afterwards();
            });
        }
    }

    private void work() {
        workScheduled = false;
        trainer.work(nowMs());
        afterwards();
    }

    private long nowMs() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void update(ShardUpdate update) {
        output.collect(new StreamRecord<>(update, update.round()));
    }

    @Override
    public void request(ShardRequest request) {
        output.collect(Outputs.REQUESTS, new StreamRecord<>(request));
    }

    @Override
    public void announce(long round) {
        output.collect(Outputs.ANNOUNCEMENTS, new StreamRecord<>(new Downstream.Participation(round)));
    }

    @Override
    public void pace(SourceId source, boolean hungry) {
        output.collect(Outputs.ANNOUNCEMENTS, new StreamRecord<>(new Downstream.Pace(source.name(), "train", hungry)));
    }

    @Override
    public void closeRound(long round) {
        output.emitWatermark(new Watermark(round));
    }

    @Override
    public void report(RoundReport report) {
        output.collect(Outputs.REPORTS, new StreamRecord<>(report));
    }

    @Override
    public void sample(Sample sample) {
        output.collect(Outputs.REPORTS, new StreamRecord<>(sample));
    }

    @Override
    public void snapshot(SnapshotPart part) {
        output.collect(Outputs.SNAPSHOT_PARTS, new StreamRecord<>(part));
    }

    /** Only Train makes watermarks: those of its input are not used. */
    @Override
    public void processWatermark(Watermark mark) {}

    @Override
    public void processWatermarkStatus(WatermarkStatus status) {}

    /** Ahead of the barrier, so that the ledger and the state that it speaks of are of one cut. */
    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) {
        trainer.ledger().forEach(line -> output.collect(Outputs.LEDGER, new StreamRecord<>(line)));
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        Map<Integer, List<TrainedSource>> byKeyGroup = new HashMap<>();
        for (TrainedSource source : trainer.sources().values()) {
            byKeyGroup
                    .computeIfAbsent(keyGroup(source.id()), group -> new ArrayList<>())
                    .add(source);
        }
        Map<Integer, Map<SourceId, Standing>> standings = new HashMap<>();
        trainer.standings().told().forEach((id, standing) -> standings
                .computeIfAbsent(keyGroup(id), group -> new TreeMap<>())
                .put(id, standing));
        Map<Integer, List<SourceRound>> unbegun =
                trainer.unbegun().stream().collect(Collectors.groupingBy(state -> keyGroup(state.source())));
        var stream = context.getRawKeyedOperatorStateOutput();
        TrainState state = new TrainState(trainer);
        for (int group : stream.getKeyGroupList()) {
            stream.startNewKeyGroup(group);
            state.write(
                    group,
                    byKeyGroup.getOrDefault(group, List.of()),
                    unbegun.getOrDefault(group, List.of()),
                    standings.getOrDefault(group, Map.of()),
                    stream);
        }
    }

    @Override
    public void close() throws Exception {
        if (receiver != null) {
            HandOver.remove(place, receiver);
        }
        if (trainer != null) {
            trainer.close();
        }
        if (device != null) {
            device.close();
        }
        super.close();
    }
}
