package io.tributary.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.JobDefaults;
import io.tributary.config.JobSettings;
import io.tributary.corpus.Corpus;
import io.tributary.corpus.Feeder;
import io.tributary.corpus.Topics;
import io.tributary.embedded.ClusterClassPath;
import io.tributary.embedded.ClusterProcess;
import io.tributary.embedded.ClusterSettings;
import io.tributary.embedded.LocalCluster;
import io.tributary.job.Pipelines;
import io.tributary.ledger.LedgerReader;
import io.tributary.session.ClusterAddress;
import io.tributary.session.JobSummary;
import io.tributary.session.KeptSettings;
import io.tributary.session.RestorePoint;
import io.tributary.session.Session;
import io.tributary.session.Submission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * One job is stopped and resumed again and again in one cluster, with the packed jar in a class loader of each life: a
 * native library loads in one class loader only, and what a life leaves behind in a TaskManager adds up.
 *
 * <p>{@code -Dtributary.lives=20} also measures the memory; it takes some minutes.
 */
@EnabledIfSystemProperty(named = "tributary.home", matches = ".+", disabledReason = "nothing is packed yet")
class ManyLivesTest {
    private static final int LIVES = Integer.getInteger("tributary.lives", 3);
    /** Until then the heap and the caches grow into what they need. */
    private static final int SETTLED = 5;

    private static final int MEASURED = 20;
    private static final double MAX_GROWTH = 0.05;
    private static final int TASK_MANAGERS = 2;
    private static final List<String> SOURCES = List.of("a", "b", "c");
    private static final long BYTES_OF_A_LIFE = 400 << 10;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** Three sources with four copies of the body each, 19 MB: a life that leaves them behind is seen. */
    private static final String SETTINGS =
            """
            name: lives
            seed: 7
            model: {layers: 2, width: 128, heads: 2, sequenceLength: 32}
            variant: spec
            vocabulary: {pieces: 400, bootstrap: 4KiB}
            sources: [{name: a}, {name: b}, {name: c}]
            training: {batchRows: 4, learningRate: {peak: 1e-3}}
            rounds: {localSteps: 10, timeout: 5m}
            snapshots: {everyRounds: 1}
            flink: {execution.checkpointing.interval: 2s, restart-strategy.type: none}
            """;

    /** Garbage would fill an untouched heap life by life; so what grows is what a life leaves behind. */
    private static final Map<String, String> FLINK = Map.of("env.java.opts.taskmanager", "-XX:+AlwaysPreTouch");

    @TempDir
    private static Path folder;

    private static LocalCluster cluster;
    private static Session session;
    private static KeptSettings.Text text;

    @BeforeAll
    static void startAndFeed() throws Exception {
        ClusterSettings settings =
                new ClusterSettings(TASK_MANAGERS, 1, 2048, 1, ClusterSettings.Scheduler.DEFAULT, 0, 0, FLINK);
        cluster = LocalCluster.start(folder, settings, ClusterClassPath.installed());
        session = Session.with(ClusterAddress.of(cluster.webUrl()));
        text = new KeptSettings.Text(SETTINGS, folder);
        Topics.create(cluster.bootstrapServers(), SOURCES);
        List<Corpus> corpora = SOURCES.stream()
                .map(source -> new Corpus(source, Pipelines.documents(source, 500)))
                .toList();
        try (Feeder feeder = new Feeder(cluster.bootstrapServers(), corpora, LIVES * BYTES_OF_A_LIFE)) {
            feeder.await();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        session.close();
        cluster.stop();
    }

    @Test
    void aJobThatIsStoppedAndResumedManyTimesLeavesNothingBehind() throws Exception {
        List<List<Long>> bytes = new ArrayList<>();
        Optional<RestorePoint> from = Optional.empty();
        for (int life = 1; life <= LIVES; life++) {
            from = Optional.of(live(from));
            bytes.add(residentBytes());
            System.out.printf("life %2d, round %3d, MiB of TaskManagers:%s%n", life, lastRound(), mebibytes(bytes));
        }

        for (String process : cluster.names()) {
            assertThat(cluster.folder().log(process))
                    .content()
                    .doesNotContain("UnsatisfiedLinkError", "already loaded in another classloader", "OutOfMemory");
        }
        assertThat(LedgerReader.read(from.orElseThrow().path()))
                .hasSize(SOURCES.size())
                .allSatisfy(line -> assertThat(line.missingBytes()).isZero());
        if (LIVES >= MEASURED) {
            for (int i = 0; i < TASK_MANAGERS; i++) {
                assertThat(bytes.get(MEASURED - 1).get(i))
                        .as("bytes of TaskManager %d after life %d", i + 1, MEASURED)
                        .isLessThan(Math.round(bytes.get(SETTLED - 1).get(i) * (1 + MAX_GROWTH)));
            }
        }
    }

    /** A life: one round at least, and a savepoint at its end. */
    private static RestorePoint live(Optional<RestorePoint> from) throws Exception {
        int before = lastRound();
        JobSettings settings = text.parse(new JobDefaults(
                Optional.of(cluster.bootstrapServers()),
                Optional.of(cluster.folder().snapshots().toUri().toString())));
        Submission submission =
                new Submission(session, new KeptSettings(folder.resolve("jobs")), Submission.installedJar());
        String id = submission.submit(settings, text, new Submission.Start(OptionalInt.of(TASK_MANAGERS), from, false));
        JobSummary job = JobSummary.submitted(id, settings.name());
        session.awaitRunning(id);
        Awaitility.await().atMost(LIMIT).until(() -> {
            assertThat(session.details(job).summary().ended())
                    .as("the job has ended by itself")
                    .isFalse();
            return lastRound() > before;
        });
        return RestorePoint.named(
                session.stop(job, Optional.of(cluster.folder().savepoints().toString())));
    }

    /** Of the newest snapshot; 0 if there is none. */
    private static int lastRound() throws IOException {
        Path snapshots = cluster.folder().snapshots().resolve("lives");
        if (!Files.isDirectory(snapshots)) {
            return 0;
        }
        try (Stream<Path> rounds = Files.list(snapshots)) {
            // One that is being committed is renamed at the end.
            return rounds.filter(round -> Files.exists(round.resolve("manifest.json")))
                    .map(round -> round.getFileName().toString())
                    .filter(name -> name.matches("round-\\d+"))
                    .mapToInt(name -> Integer.parseInt(name.substring("round-".length())))
                    .max()
                    .orElse(0);
        }
    }

    private static List<Long> residentBytes() {
        return cluster.names().stream()
                .filter(name -> name.startsWith(LocalCluster.TASK_MANAGER))
                .map(name -> cluster.process(name)
                        .flatMap(ClusterProcess::residentBytes)
                        .orElseThrow())
                .toList();
    }

    private static String mebibytes(List<List<Long>> bytes) {
        StringBuilder line = new StringBuilder();
        bytes.get(bytes.size() - 1).forEach(each -> line.append(" %5d".formatted(each >> 20)));
        return line.toString();
    }
}
