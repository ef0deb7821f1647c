package io.tributary.job;

import io.tributary.config.PipelineConfig;
import io.tributary.flow.BootstrapTextFormat;
import io.tributary.flow.Feedback;
import io.tributary.flow.FirstText;
import io.tributary.flow.GlobalVocabulary;
import io.tributary.flow.KeepLedger;
import io.tributary.flow.LateUpdates;
import io.tributary.flow.MergeUpdates;
import io.tributary.flow.OuterStep;
import io.tributary.flow.Outputs;
import io.tributary.flow.ShardSumFormat;
import io.tributary.flow.SplitDeadLetters;
import io.tributary.flow.Tokenize;
import io.tributary.flow.TokenizeGlobally;
import io.tributary.flow.TrainOperatorFactory;
import io.tributary.flow.Trained;
import io.tributary.flow.TrainingSettings;
import io.tributary.kafka.CorpusDeserializer;
import io.tributary.model.ModelShape;
import io.tributary.record.Downstream;
import io.tributary.record.DownstreamFormat;
import io.tributary.record.Incoming;
import io.tributary.record.IncomingFormat;
import io.tributary.record.Ingested;
import io.tributary.record.MergedShard;
import io.tributary.record.MergedShardFormat;
import io.tributary.record.ShardId;
import io.tributary.record.ShardIdFormat;
import io.tributary.record.ShardRequest;
import io.tributary.record.ShardUpdate;
import io.tributary.record.ShardUpdateFormat;
import io.tributary.record.SnapshotPart;
import io.tributary.record.SourceId;
import io.tributary.record.SourceIdFormat;
import io.tributary.record.SourceKeys;
import io.tributary.record.Tokenized;
import io.tributary.record.TokenizedFormat;
import io.tributary.record.WireType;
import io.tributary.snapshot.SnapshotCommitOperator;
import io.tributary.snapshot.SnapshotCommitter;
import io.tributary.snapshot.SnapshotFacts;
import io.tributary.snapshot.SnapshotFiles;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

/**
 * The job graph, top to bottom.
 *
 * <pre>
 * corpus -> documents -> tokenize -> train -> merge -> outer-step -> (broadcast) -> feedback -> train, inside the JVM
 *              |                       |- announcements ---------------^
 *              dead letters            |- reports, snapshot parts
 * </pre>
 */
public final class TrainingJob {
    private static final TypeInformation<SourceId> SOURCE_ID = new WireType<>(new SourceIdFormat());
    private static final TypeInformation<ShardId> SHARD_ID = new WireType<>(new ShardIdFormat());
    /** Reader, Train and Feedback of one index share a slot, and with it the JVM: the feedback edge lives there. */
    private static final String LOOP = "feedback-edge";

    /**
     * Each record goes out at once: three hops make the loop of a round, and with Flink's 100 ms each would wait for its
     * buffer to fill. There are few records and they are large, so this costs nothing; a timeout of 2 ms cost a thread
     * for each output that woke up 500 times a second.
     */
    private static final long AT_ONCE = 0;

    private TrainingJob() {}

    /** Flink settings that the job relies on; {@link StreamExecutionEnvironment#configure} takes them. */
    public static Configuration requiredSettings() {
        Configuration settings = new Configuration();
        settings.set(PipelineOptions.GENERIC_TYPES, false);
        settings.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        settings.set(PipelineOptions.MAX_PARALLELISM, SourceKeys.MAX_PARALLELISM);
        // The round protocol needs the cut of an aligned checkpoint: what Train has sent, Merge and OuterStep have
        // seen.
        settings.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        settings.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
        settings.set(CheckpointingOptions.ALIGNED_CHECKPOINT_TIMEOUT, Duration.ZERO);
        // A checkpoint that cannot be finished, for want of space or in time, is tried again at the next interval.
        // One that Train cannot write fails its task all the same: Flink tolerates errors only after a task's part.
        settings.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, Integer.MAX_VALUE);
        // A round's sums stay as they are between updates on the heap; RocksDB would copy them for each.
        settings.set(StateBackendOptions.STATE_BACKEND, "hashmap");
        return settings;
    }

    /** Adds the whole job to an environment. */
    public static void build(StreamExecutionEnvironment env, PipelineConfig config) {
        env.configure(requiredSettings());
        TrainingSettings training = config.training();
        String loop = UUID.randomUUID().toString();

        SingleOutputStreamOperator<Ingested> corpus = env.fromSource(
                        config.corpus().with(deserializer(config), loop), WatermarkStrategy.noWatermarks(), "corpus")
                .uid("corpus");
        SingleOutputStreamOperator<Incoming> incoming = corpus.process(
                        new SplitDeadLetters(), new WireType<>(new IncomingFormat()))
                .uid("documents")
                .name("documents");
        SingleOutputStreamOperator<Tokenized> tokenized =
                tokenize(incoming.keyBy(Incoming::source, SOURCE_ID), training);
        incoming.getSideOutput(Outputs.DEAD_LETTERS)
                .union(tokenized.getSideOutput(Outputs.DEAD_LETTERS))
                .sinkTo(config.deadLetters().sink())
                .uid("dead-letters")
                .name("dead-letters");

        SingleOutputStreamOperator<ShardUpdate> train = train(tokenized, config, loop);
        SingleOutputStreamOperator<Downstream> outer = outerStep(merge(train), train, config);
        DataStream<Downstream> downstream = outer.union(
                        train.getSideOutput(Outputs.ANNOUNCEMENTS),
                        tokenized.getSideOutput(Outputs.ANNOUNCEMENTS),
                        incoming.getSideOutput(Outputs.HOLDS))
                .broadcast();
        if (training.merging().variant().byRows()) {
            downstream = downstream.union(toSubtaskOfSource(outer.getSideOutput(Outputs.ROWS)));
        }
        SingleOutputStreamOperator<Void> feedback = downstream
                .transform("feedback", Types.VOID, new Feedback.Factory(loop))
                .uid("feedback");
        corpus.getTransformation().setCoLocationGroupKey(LOOP);
        train.getTransformation().setCoLocationGroupKey(LOOP);
        feedback.getTransformation().setCoLocationGroupKey(LOOP);

        train.getSideOutput(Outputs.REPORTS)
                .sinkTo(config.reports().sink())
                .uid("reports")
                .name("reports");
        commitSnapshots(train, config);
        train.getSideOutput(Outputs.LEDGER)
                .keyBy(Trained::source, SOURCE_ID)
                .process(new KeepLedger(), Types.VOID)
                .uid("ledger")
                .name("ledger");
    }

    private static CorpusDeserializer deserializer(PipelineConfig config) {
        var sources = config.training().sources().stream().collect(Collectors.toMap(SourceId::name, id -> id));
        boolean listedOnly = config.training().merging().variant().mixture();
        return new CorpusDeserializer(
                config.topicPrefix(), sources, listedOnly, config.formats(), config.maxDocumentBytes());
    }

    /** Where one vocabulary of all sources is still to be trained, it comes beside the documents. */
    private static SingleOutputStreamOperator<Tokenized> tokenize(
            KeyedStream<Incoming, SourceId> documents, TrainingSettings training) {
        WireType<Tokenized> tokenized = new WireType<>(new TokenizedFormat());
        boolean trained = training.merging().variant().globalVocabulary()
                && training.vocabulary().global().isEmpty();
        return (trained
                        ? documents
                                .connect(globalVocabulary(documents, training).broadcast(TokenizeGlobally.MODEL))
                                .process(new TokenizeGlobally(training), tokenized)
                        : documents.process(new Tokenize(training), tokenized))
                .uid("tokenize")
                .name("tokenize");
    }

    private static DataStream<byte[]> globalVocabulary(
            KeyedStream<Incoming, SourceId> documents, TrainingSettings training) {
        return documents
                .process(new FirstText(training), new WireType<>(new BootstrapTextFormat()))
                .uid("first-text")
                .name("first-text")
                .keyBy(text -> 0, Types.INT)
                .process(new GlobalVocabulary(training), PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
                .uid("global-vocabulary")
                .name("global-vocabulary")
                .setParallelism(1);
    }

    /** Unchained, so that text is tokenized while the operator is inside a step. */
    private static SingleOutputStreamOperator<ShardUpdate> train(
            SingleOutputStreamOperator<Tokenized> tokenized, PipelineConfig config, String loop) {
        KeyedStream<Tokenized, SourceId> bySource =
                DataStreamUtils.reinterpretAsKeyedStream(tokenized, Tokenized::source, SOURCE_ID);
        return bySource.transform(
                        "train",
                        new WireType<>(new ShardUpdateFormat()),
                        new TrainOperatorFactory(
                                config.training(),
                                new SnapshotFiles(new Path(config.snapshots())),
                                config.initial(),
                                loop))
                .uid("train")
                .setBufferTimeout(AT_ONCE)
                .disableChaining();
    }

    /** A round is a window of size one on the round number. */
    private static SingleOutputStreamOperator<MergedShard> merge(DataStream<ShardUpdate> updates) {
        SingleOutputStreamOperator<MergedShard> merged = updates.keyBy(ShardUpdate::shard, SHARD_ID)
                .window(TumblingEventTimeWindows.of(Duration.ofMillis(1)))
                .sideOutputLateData(Outputs.LATE)
                .aggregate(
                        new MergeUpdates(),
                        new WireType<>(new ShardSumFormat()),
                        new WireType<>(new MergedShardFormat()))
                .uid("merge")
                .setBufferTimeout(AT_ONCE)
                .name("merge");
        merged.getSideOutput(Outputs.LATE)
                .process(new LateUpdates(), Types.VOID)
                .uid("late-updates")
                .name("late-updates");
        return merged;
    }

    private static SingleOutputStreamOperator<Downstream> outerStep(
            DataStream<MergedShard> merged, SingleOutputStreamOperator<ShardUpdate> train, PipelineConfig config) {
        return merged.connect(train.getSideOutput(Outputs.REQUESTS))
                .keyBy(MergedShard::shard, ShardRequest::shard, SHARD_ID)
                .process(new OuterStep(config.training(), config.initial()), new WireType<>(new DownstreamFormat()))
                .uid("outer-step")
                .setBufferTimeout(AT_ONCE)
                .name("outer-step");
    }

    /** Rows go where Train has their source: by the same formula from key to subtask. */
    private static DataStream<Downstream> toSubtaskOfSource(DataStream<Downstream> rows) {
        return rows.partitionCustom(
                (SourceId source, int subtasks) -> KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        source, SourceKeys.MAX_PARALLELISM, subtasks),
                record -> ((Downstream.RowsShard) record).source());
    }

    /** What a snapshot says of its run: never a time or a place, so that equal runs make equal snapshots. */
    private static SnapshotFacts facts(TrainingSettings training) {
        ModelShape shape = training.shape();
        Map<String, Object> model = new TreeMap<>(shape.architecture().facts());
        model.putAll(Map.of(
                "architecture", shape.architecture().name(),
                "layers", shape.layers(),
                "width", shape.width(),
                "heads", shape.heads(),
                "sequenceLength", shape.sequenceLength(),
                "sequenceLengths", new TreeMap<>(training.sequenceLengths())));
        return new SnapshotFacts(
                model,
                training.merging().variant().name(),
                training.seed(),
                training.precision().name().toLowerCase(Locale.ROOT));
    }

    private static void commitSnapshots(SingleOutputStreamOperator<ShardUpdate> train, PipelineConfig config) {
        train.getSideOutput(Outputs.SNAPSHOT_PARTS)
                .keyBy(SnapshotPart::round, Types.LONG)
                .process(
                        new SnapshotCommitOperator(
                                new SnapshotCommitter(new Path(config.snapshots()), facts(config.training()))),
                        Types.STRING)
                .uid("commit-snapshots")
                .name("commit-snapshots")
                .sinkTo(new DiscardingSink<>())
                .uid("snapshots")
                .name("snapshots");
    }
}
