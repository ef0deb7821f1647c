package io.tributary.job;

import io.tributary.config.PipelineConfig;
import io.tributary.embedded.EmbeddedFlink;
import io.tributary.flow.TrainingSettings;
import io.tributary.flow.VocabularySettings;
import io.tributary.kafka.ControlTopic;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import io.tributary.ledger.LedgerLine;
import io.tributary.ledger.LedgerReader;
import io.tributary.merge.Merging;
import io.tributary.model.AdamW;
import io.tributary.model.LearningRate;
import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import io.tributary.record.SourceKeys;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;

/**
 * The run that the kept savepoints are of. Its text, its order and what it does until it is stopped are the same
 * wherever it runs, and must stay so: the savepoints tell how far the topics were read.
 *
 * <p>Of its four sources two train all the time, {@code paused} trains in round 0 and has text waiting after it, and
 * {@code late} has too little text for a vocabulary.
 */
record KeptRun(String servers, Variant variant, Path work) {
    static final String PAUSED = "paused";
    static final String LATE = "late";
    /** The round in the middle of which the savepoints were taken. */
    static final int STOPPED_IN = 3;

    static final int ROUNDS = 10;
    static final int PARALLELISM = 2;
    /** So small that savepoints can be kept. */
    private static final ModelShape SHAPE = new ModelShape(1, 8, 2, 16);

    private static final String PREFIX = "corpus.";
    private static final List<String> STEADY = List.of("one", "two");
    private static final List<String> LISTED = List.of("one", "two", PAUSED);
    private static final int LOCAL_STEPS = 8;
    /**
     * So little that it makes no round, and enough for a vocabulary that all sources share: until more comes, the only
     * contribution is that of {@link #PAUSED}, which cannot begin another round before it is told to pause.
     */
    private static final int FIRST = 4;

    private static final int BEFORE = 40;
    private static final int AFTER = 100;
    private static final Duration LIMIT = Duration.ofMinutes(2);
    /** A first text that waits in a savepoint for years must not be complete by that. */
    private static final long CENTURY_MS = Duration.ofDays(36_500).toMillis();

    void createTopics() throws Exception {
        Pipelines.createTopics(servers, "", List.of(ReportSink.TOPIC, DeadLetterSink.TOPIC, ControlTopic.NAME));
        Pipelines.createTopics(servers, PREFIX, List.of("one", "two", PAUSED, LATE));
    }

    /** Runs without a break, and returns the ledger of its end. */
    List<LedgerLine> unbroken(Path snapshots) throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start(PARALLELISM, 0, work)) {
            StreamGraph graph = graph(snapshots, ROUNDS, PARALLELISM);
            OrderProbe order = new OrderProbe(new OperatorProbe() {});
            ProbedOperators.probe(graph, order, "train");
            JobClient job = flink.submit(graph);
            begin(job, order);
            feedTheRest();
            return end(job, snapshots);
        }
    }

    /** Stops in mid-round and returns the savepoint. */
    Path stopped(Path snapshots) throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start(PARALLELISM, 0, work)) {
            StreamGraph graph = graph(snapshots, ROUNDS, PARALLELISM);
            MidRoundStop stop = new MidRoundStop(STOPPED_IN, PARALLELISM);
            OrderProbe order = new OrderProbe(stop);
            ProbedOperators.probe(graph, order, "train");
            JobClient job = flink.submit(graph);
            begin(job, order);
            await(job, stop::holds);
            return Path.of(URI.create(job.stopWithSavepoint(
                            false, work.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                    .get()));
        }
    }

    private void begin(JobClient job, OrderProbe order) throws Exception {
        feed(PAUSED, 0, 20);
        STEADY.forEach(source -> feed(source, 0, FIRST));
        await(job, order::contributed);
        // A source that is not listed has a say in the vocabulary of all, if it comes before that is trained.
        feed(LATE, 0, 2);
        order("pause");
        await(job, order::obeyed);
        STEADY.forEach(source -> feed(source, FIRST, BEFORE));
    }

    /** What makes the run last until its last round. */
    private void feedTheRest() {
        STEADY.forEach(source -> feed(source, BEFORE, AFTER));
    }

    /** Text for hundreds of rounds, and the rest of what {@link #LATE} needs. */
    void feedMore() {
        STEADY.forEach(source -> feed(source, AFTER, 2000));
        feed(PAUSED, 20, 1000);
        feed(LATE, 2, 1000);
    }

    private void feed(String source, int from, int to) {
        Pipelines.feed(servers, PREFIX, source, Pipelines.documents(source, to).subList(from, to));
    }

    void order(String order) {
        Pipelines.send(
                servers, List.of(new ProducerRecord<>(ControlTopic.NAME, ControlTopic.place(order, PAUSED, ""))));
    }

    /** The ledger once the last round is over and all text is read; the job is ended then. */
    List<LedgerLine> end(JobClient job, Path snapshots) throws Exception {
        Cluster.awaitSnapshot(snapshots, ROUNDS, job, LIMIT);
        List<LedgerLine> ledger = Awaitility.await().atMost(LIMIT).until(() -> ledger(job), lines -> lines.stream()
                .filter(line -> STEADY.contains(line.source()))
                .allMatch(line -> line.records() == AFTER));
        job.cancel().get();
        return ledger;
    }

    List<LedgerLine> ledger(JobClient job) throws Exception {
        return LedgerReader.read(
                job.triggerSavepoint(work.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                        .get());
    }

    static void await(JobClient job, Callable<Boolean> condition) {
        Awaitility.await().atMost(LIMIT).until(() -> {
            Cluster.checkRuns(job);
            return condition.call();
        });
    }

    StreamGraph graph(Path snapshots, int rounds, int parallelism) {
        // Without a folder all state would be in the metadata of a savepoint, and none in files beside it.
        Configuration settings = new Configuration()
                .set(RestartStrategyOptions.RESTART_STRATEGY, "none")
                .set(
                        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                        work.resolve("checkpoints").toUri().toString());
        return Cluster.graph(config(snapshots, rounds), parallelism, settings);
    }

    private PipelineConfig config(Path snapshots, int rounds) {
        return Pipelines.config(
                servers,
                PREFIX,
                new TrainingSettings(
                        7,
                        SHAPE,
                        Precision.FP32,
                        AdamW.defaults(),
                        LearningRate.constant(1e-3, 2),
                        8,
                        new RoundRules(LOCAL_STEPS, CENTURY_MS, rounds),
                        Merging.averaging(variant, 1000),
                        new VocabularySettings(270, 600, CENTURY_MS, Map.of()),
                        Pipelines.HOLD_OUT,
                        1,
                        64 << 20,
                        List.copyOf(SourceKeys.of(LISTED).values()),
                        Map.of()),
                snapshots);
    }
}
