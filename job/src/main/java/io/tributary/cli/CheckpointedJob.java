package io.tributary.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.config.JobDefaults;
import io.tributary.config.JobSettings;
import io.tributary.corpus.Corpus;
import io.tributary.corpus.Feeder;
import io.tributary.corpus.Topics;
import io.tributary.embedded.ClusterSettings;
import io.tributary.embedded.FlinkRest;
import io.tributary.embedded.LocalCluster;
import io.tributary.model.Precision;
import io.tributary.session.ClusterAddress;
import io.tributary.session.JobSummary;
import io.tributary.session.KeptSettings;
import io.tributary.session.Session;
import io.tributary.session.Submission;
import io.tributary.session.TrainGauges;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** A job that trains without end, and takes a checkpoint when it is told to. */
final class CheckpointedJob implements AutoCloseable {
    private static final int SUBTASKS = 2;
    private static final long TEXT_BYTES = 12 << 20;
    private static final long WARM_UP_STEPS = 40;
    private static final long POLL_MS = 250;
    private static final Duration CACHE_LIMIT = Duration.ofMinutes(1);
    private static final String HEAP = "Status.JVM.Memory.Heap.Used";

    private final FlinkRest rest;
    private final Session session;
    private final JobSummary job;
    private final JobSettings settings;
    private long heapWithout;
    private long heapWith;

    /**
     * What one checkpoint cost.
     *
     * @param heldMs how long the slower Train subtask did nothing else, the synchronous part of its checkpoint
     * @param alignedMs how long the slower Train subtask waited for the barriers of its inputs
     * @param totalMs from the trigger until the last subtask was done
     */
    record Cost(long heldMs, long alignedMs, long totalMs, long bytes, long trainBytes) {}

    private CheckpointedJob(LocalCluster cluster, Session session, JobSummary job, JobSettings settings) {
        this.rest = new FlinkRest(cluster.webUrl());
        this.session = session;
        this.job = job;
        this.settings = settings;
    }

    static ClusterSettings cluster() {
        return new ClusterSettings(
                SUBTASKS,
                1,
                ClusterSettings.memoryFor(1),
                1,
                ClusterSettings.Scheduler.DEFAULT,
                0,
                0,
                Map.of("metrics.fetcher.update-interval", "250 ms"));
    }

    static CheckpointedJob start(LocalCluster cluster, int layers, int width, List<Corpus> corpora) throws Exception {
        List<String> sources = corpora.stream().map(Corpus::name).toList();
        Topics.create(cluster.bootstrapServers(), sources);
        try (Feeder feeder = new Feeder(cluster.bootstrapServers(), corpora, TEXT_BYTES)) {
            feeder.await();
        }
        Path folder = cluster.folder().root();
        KeptSettings.Text text = new KeptSettings.Text(yaml(layers, width, sources), folder);
        JobSettings settings = text.parse(new JobDefaults(
                Optional.of(cluster.bootstrapServers()),
                Optional.of(cluster.folder().snapshots().toUri().toString())));
        Session session = Session.with(ClusterAddress.of(cluster.webUrl()));
        Submission submission =
                new Submission(session, new KeptSettings(cluster.folder().jobs()), Submission.installedJar());
        String id = submission.submit(
                settings, text, new Submission.Start(OptionalInt.of(SUBTASKS), Optional.empty(), false));
        JobSummary job = JobSummary.submitted(id, settings.name());
        return new CheckpointedJob(cluster, session, job, settings);
    }

    /** Flink takes no checkpoint by itself for a week. Steps are short, and rounds short enough that some end in a segment. */
    private static String yaml(int layers, int width, List<String> sources) {
        return """
                name: checkpoint-bench
                model: {layers: %d, width: %d, heads: %d, sequenceLength: 64, precision: %s}
                variant: spec
                vocabulary: {pieces: 1000, bootstrap: 100KiB}
                sources:
                %s
                training: {batchRows: 2, learningRate: {peak: 1e-4}}
                rounds: {localSteps: 30, timeout: 30m}
                snapshots: {everyRounds: 1000000}
                flink: {execution.checkpointing.interval: 7 d, execution.checkpointing.timeout: 10 min}
                """
                .formatted(
                        layers,
                        width,
                        width / 64,
                        Precision.detect().name().toLowerCase(Locale.ROOT),
                        sources.stream().map(name -> "  - name: " + name).collect(Collectors.joining("\n")));
    }

    long bodyParameters() {
        return settings.pipeline().training().shape().bodyParameters();
    }

    /** Until everything that happens once has happened: vocabularies, the engine, the first round. */
    void awaitTraining() throws IOException, InterruptedException {
        while (steps() < WARM_UP_STEPS
                || session.trainGauges(job).rounds().stream().anyMatch(round -> round < 1)) {
            Thread.sleep(POLL_MS);
        }
    }

    /** Steps of all subtasks since the start; as old as Flink's metrics are, which is the same at both ends of a segment. */
    private long steps() throws IOException, InterruptedException {
        TrainGauges gauges = session.trainGauges(job);
        return gauges.steps().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Trains for some seconds.
     *
     * @param intervalSeconds from one checkpoint to the next, the first at once; none if it is longer than the segment
     * @param costs takes what each checkpoint cost
     */
    double stepsPerSecond(int seconds, int intervalSeconds, List<Cost> costs) throws Exception {
        boolean with = intervalSeconds <= seconds;
        long startNanos = System.nanoTime();
        long endNanos = startNanos + seconds * 1_000_000_000L;
        long nextNanos = with ? startNanos : endNanos;
        long before = steps();
        while (System.nanoTime() < endNanos) {
            if (System.nanoTime() >= nextNanos) {
                costs.add(cost(session.checkpoint(job)));
                nextNanos += intervalSeconds * 1_000_000_000L;
            }
            watchHeap(with);
            Thread.sleep(POLL_MS);
        }
        return (steps() - before) * 1e9 / (System.nanoTime() - startNanos);
    }

    private void watchHeap(boolean with) throws IOException, InterruptedException {
        for (int i = 1; i <= SUBTASKS; i++) {
            JsonNode metrics = rest("/taskmanagers/%s%d/metrics?get=%s".formatted(LocalCluster.TASK_MANAGER, i, HEAP));
            long used = metrics.path(0).path("value").asLong();
            if (with) {
                heapWith = Math.max(heapWith, used);
            } else {
                heapWithout = Math.max(heapWithout, used);
            }
        }
    }

    private Cost cost(long number) throws IOException, InterruptedException {
        String details = "/jobs/%s/checkpoints/details/%d".formatted(job.id(), number);
        JsonNode whole = rest(details);
        long deadlineNanos = System.nanoTime() + CACHE_LIMIT.toNanos();
        // Flink tells of checkpoints from a cache of some seconds.
        while (!"COMPLETED".equals(whole.path("status").asText())) {
            if (System.nanoTime() > deadlineNanos) {
                throw new IOException(
                        "Flink does not tell of checkpoint %d, which is complete, but: %s".formatted(number, whole));
            }
            Thread.sleep(POLL_MS);
            whole = rest(details);
        }
        JsonNode train = rest(details + "/subtasks/" + trainVertex());
        JsonNode summary = train.path("summary");
        return new Cost(
                summary.at("/checkpoint_duration/sync/max").asLong(),
                summary.at("/alignment/duration/max").asLong(),
                whole.path("end_to_end_duration").asLong(),
                whole.path("state_size").asLong(),
                train.path("state_size").asLong());
    }

    private String trainVertex() throws IOException, InterruptedException {
        for (JsonNode vertex : rest("/jobs/" + job.id()).path("vertices")) {
            if (vertex.path("name").asText().equals("train")) {
                return vertex.path("id").asText();
            }
        }
        throw new IOException("The job " + job.id() + " has no operator 'train'");
    }

    private JsonNode rest(String path) throws IOException, InterruptedException {
        return rest.get(path).orElseThrow(() -> new IOException("Flink does not answer to " + path));
    }

    /** The largest heap that was seen in use while no checkpoints were taken, in bytes. */
    long heapWithout() {
        return heapWithout;
    }

    /** The same while some were. */
    long heapWith() {
        return heapWith;
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
