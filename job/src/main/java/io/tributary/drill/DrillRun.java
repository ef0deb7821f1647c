package io.tributary.drill;

import io.tributary.config.JobDefaults;
import io.tributary.config.JobSettings;
import io.tributary.config.SettingsException;
import io.tributary.embedded.LocalCluster;
import io.tributary.embedded.Places;
import io.tributary.ledger.LedgerLine;
import io.tributary.ledger.LedgerReader;
import io.tributary.session.JobSummary;
import io.tributary.session.KeptSettings;
import io.tributary.session.RestorePoint;
import io.tributary.session.Session;
import io.tributary.session.Submission;
import io.tributary.session.TrainGauges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** One run of the job on the cluster, from its first to its last round, over all its restarts. */
final class DrillRun {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final long POLL_MS = 500;

    private final LocalCluster cluster;
    private final Session session;
    private final DrillPlan plan;
    private final KeptSettings.Text text;
    private final JobSettings settings;
    private final StepCount steps = new StepCount();
    private JobSummary job;

    DrillRun(LocalCluster cluster, Session session, DrillPlan plan, String name, List<String> sources)
            throws IOException, InterruptedException {
        this.cluster = cluster;
        this.session = session;
        this.plan = plan;
        Path folder = cluster.folder().root();
        text = new KeptSettings.Text(plan.settings(name, sources), folder);
        try {
            settings = text.parse(new JobDefaults(
                    Optional.of(cluster.bootstrapServers()),
                    Optional.of(Places.uri(cluster.folder().snapshots()))));
        } catch (SettingsException e) {
            throw new IllegalStateException("The drill's own settings are wrong: " + e.getMessage(), e);
        }
        job = start(Optional.empty());
    }

    /** Starts the job, from the beginning or from where it has come to. */
    final JobSummary start(Optional<RestorePoint> from) throws IOException, InterruptedException {
        Submission submission =
                new Submission(session, new KeptSettings(cluster.folder().jobs()), Submission.installedJar());
        Submission.Start start = new Submission.Start(OptionalInt.of(plan.taskManagers()), from, false);
        String id;
        try {
            id = submission.submit(settings, text, start);
        } catch (SettingsException e) {
            throw new IllegalStateException("The drill's own settings are wrong: " + e.getMessage(), e);
        }
        job = JobSummary.submitted(id, settings.name());
        return job;
    }

    Session session() {
        return session;
    }

    JobSummary job() {
        return job;
    }

    String savepoints() {
        return cluster.folder().savepoints().toString();
    }

    Path snapshots() {
        return cluster.folder().snapshots().resolve(settings.name());
    }

    /** The newest checkpoint that is left of the job, if there is one. */
    Optional<RestorePoint> lastCheckpoint() throws IOException {
        return RestorePoint.in(cluster.folder().root()).stream()
                .filter(point -> point.path().contains("/" + job.id() + "/"))
                .findFirst();
    }

    boolean finished() {
        return Files.exists(snapshots().resolve("round-%06d/manifest.json".formatted(plan.rounds())));
    }

    /** Keeps count of the steps. Flink may not answer for a moment while the job is restarted. */
    Optional<TrainGauges> look() throws InterruptedException {
        try {
            TrainGauges gauges = session.trainGauges(job);
            steps.look(gauges);
            return Optional.of(gauges);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    long stepsDone() {
        return steps.total();
    }

    /** The moment of the first step after {@code atMs}, once there are so many subtasks that were all started after it. */
    long awaitStepAfter(long atMs, int subtasks) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < deadlineNanos) {
            Optional<TrainGauges> gauges = look().filter(each -> each.subtasks() == subtasks);
            List<Long> first = gauges.map(TrainGauges::firstSteps).orElse(List.of());
            if (first.size() == subtasks && first.stream().allMatch(each -> each < 0 || each > atMs)) {
                Optional<Long> earliest =
                        first.stream().filter(each -> each > atMs).min(Long::compare);
                if (earliest.isPresent()) {
                    return earliest.get();
                }
            }
            Thread.sleep(POLL_MS);
        }
        throw new IOException("The job %s trained nothing on %d subtasks for %d minutes; look at %s"
                .formatted(
                        job.id(), subtasks, LIMIT.toMinutes(), cluster.folder().logs()));
    }

    /** Waits until steps are done that were not done before. */
    void awaitMoreSteps() throws IOException, InterruptedException {
        look();
        long before = stepsDone();
        long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
        while (stepsDone() == before && !finished()) {
            if (System.nanoTime() > deadlineNanos) {
                throw new IOException("The job %s trains nothing any more".formatted(job.id()));
            }
            Thread.sleep(POLL_MS);
            look();
        }
    }

    /**
     * Waits for the last snapshot, and until all subtasks are beyond the last round: a fault soon after that snapshot sends
     * them back into the round before it.
     */
    void awaitEnd() throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + 3 * LIMIT.toNanos();
        while (!(look().filter(this::beyondLastRound).isPresent() && finished())) {
            if (System.nanoTime() > deadlineNanos) {
                throw new IOException("The run %s did not come to its last round within %d minutes"
                        .formatted(settings.name(), 3 * LIMIT.toMinutes()));
            }
            Thread.sleep(POLL_MS);
        }
    }

    private boolean beyondLastRound(TrainGauges gauges) {
        return gauges.subtasks() > 0
                && gauges.rounds().size() == gauges.subtasks()
                && gauges.rounds().stream().allMatch(round -> round >= plan.rounds());
    }

    /** The ledger at the end, where every source is read up to its last document or its queue is full. */
    List<LedgerLine> ledger() throws IOException, InterruptedException {
        return LedgerReader.ofRunning(session, job, Optional.of(savepoints()));
    }
}
