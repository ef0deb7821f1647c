package io.tributary.cli;

import io.tributary.config.JobDefaults;
import io.tributary.config.JobSettings;
import io.tributary.corpus.Corpus;
import io.tributary.corpus.DemoText;
import io.tributary.corpus.Feeder;
import io.tributary.corpus.Topics;
import io.tributary.embedded.ClusterClassPath;
import io.tributary.embedded.ClusterSettings;
import io.tributary.embedded.LocalCluster;
import io.tributary.embedded.Places;
import io.tributary.model.Precision;
import io.tributary.session.ClusterAddress;
import io.tributary.session.JobSummary;
import io.tributary.session.KeptSettings;
import io.tributary.session.Session;
import io.tributary.session.Submission;
import io.tributary.session.TrainGauges;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** A job of four sources that trains without end, on two TaskManagers that are processes of their own. */
final class BenchJob implements AutoCloseable {
    static final int SUBTASKS = 2;
    static final long POLL_MS = 250;

    private static final List<String> SOURCES = List.of("de", "en", "fr", "java");
    private static final long TEXT_BYTES = 12 << 20;
    private static final long WARM_UP_STEPS = 40;

    private final Session session;
    private final JobSummary job;
    private final JobSettings settings;

    private BenchJob(Session session, JobSummary job, JobSettings settings) {
        this.session = session;
        this.job = job;
        this.settings = settings;
    }

    /**
     * What the job trains. Steps are short: it is not they that are measured.
     *
     * @param layers of the model
     * @param width d of it, a multiple of 64
     * @param localSteps of a round
     */
    record Plan(String name, int layers, int width, int localSteps) {
        /** Flink takes no checkpoint by itself for a week. */
        private String yaml() {
            return """
                    name: %s
                    model: {layers: %d, width: %d, heads: %d, sequenceLength: 64, precision: %s}
                    variant: spec
                    vocabulary: {pieces: 1000, bootstrap: 100KiB}
                    sources:
                    %s
                    training: {batchRows: 2, learningRate: {peak: 1e-4}}
                    rounds: {localSteps: %d, timeout: 30m}
                    snapshots: {everyRounds: 1000000}
                    flink: {execution.checkpointing.interval: 7 d, execution.checkpointing.timeout: 10 min}
                    """
                    .formatted(
                            name,
                            layers,
                            width,
                            width / 64,
                            Precision.detect().name().toLowerCase(Locale.ROOT),
                            SOURCES.stream()
                                    .map(source -> "  - name: " + source)
                                    .collect(Collectors.joining("\n")),
                            localSteps);
        }
    }

    /** What is measured once everything that happens once has happened: vocabularies, the engine, the first round. */
    interface Measurement<T> {
        T of(LocalCluster cluster, BenchJob job) throws Exception;
    }

    /** Measures on a cluster that is removed afterwards; after a failure its logs stay. */
    static <T> T measure(Plan plan, PrintWriter print, Measurement<T> measurement) throws Exception {
        Path out = Files.createTempDirectory("tributary-bench");
        System.setProperty("tributary.log", out.resolve("tributary.log").toString());
        List<Corpus> corpora = DemoText.load(Demo.textCache(), print::println).stream()
                .filter(corpus -> SOURCES.contains(corpus.name()))
                .toList();
        Interrupt interrupt = Interrupt.onCtrlC(() -> {});
        LocalCluster cluster = LocalCluster.at(out, cluster(), ClusterClassPath.installed());
        try {
            cluster.startMissing();
            T measured;
            try (BenchJob job = start(cluster, plan, corpora)) {
                print.printf(
                        "%d layers of width %d: a body of %,d parameters; %d sources, %d subtasks; logs in %s%n",
                        plan.layers(),
                        plan.width(),
                        job.bodyParameters(),
                        corpora.size(),
                        SUBTASKS,
                        cluster.folder().logs());
                print.flush();
                job.awaitTraining();
                measured = measurement.of(cluster, job);
            }
            cluster.stop();
            cluster.delete();
            return measured;
        } finally {
            cluster.stop();
            interrupt.done();
        }
    }

    private static ClusterSettings cluster() {
        return new ClusterSettings(
                SUBTASKS,
                1,
                ClusterSettings.memoryFor(1),
                1,
                ClusterSettings.Scheduler.DEFAULT,
                0,
                0,
                Map.of("metrics.fetcher.update-interval", POLL_MS + " ms"));
    }

    private static BenchJob start(LocalCluster cluster, Plan plan, List<Corpus> corpora) throws Exception {
        Topics.create(cluster.bootstrapServers(), SOURCES);
        try (Feeder feeder = new Feeder(cluster.bootstrapServers(), corpora, TEXT_BYTES)) {
            feeder.await();
        }
        KeptSettings.Text text =
                new KeptSettings.Text(plan.yaml(), cluster.folder().root());
        JobSettings settings = text.parse(new JobDefaults(
                Optional.of(cluster.bootstrapServers()),
                Optional.of(Places.uri(cluster.folder().snapshots()))));
        Session session = Session.with(ClusterAddress.of(cluster.webUrl()));
        Submission submission =
                new Submission(session, new KeptSettings(cluster.folder().jobs()), Submission.installedJar());
        String id = submission.submit(
                settings, text, new Submission.Start(OptionalInt.of(SUBTASKS), Optional.empty(), false));
        return new BenchJob(session, JobSummary.submitted(id, settings.name()), settings);
    }

    private void awaitTraining() throws IOException, InterruptedException {
        while (steps() < WARM_UP_STEPS || gauges().rounds().stream().anyMatch(round -> round < 1)) {
            Thread.sleep(POLL_MS);
        }
    }

    /** Steps of all subtasks since the start; as old as Flink's metrics are. */
    long steps() throws IOException, InterruptedException {
        return gauges().steps().stream().mapToLong(Long::longValue).sum();
    }

    TrainGauges gauges() throws IOException, InterruptedException {
        return session.trainGauges(job);
    }

    String id() {
        return job.id();
    }

    /** Takes a checkpoint; gives its number once it is complete. */
    long checkpoint() throws IOException, InterruptedException {
        return session.checkpoint(job);
    }

    long bodyParameters() {
        return settings.pipeline().training().shape().bodyParameters();
    }

    @Override
    public void close() throws IOException {
        try (session) {
            session.cancel(job);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
