package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.embedded.EmbeddedFlink;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.kafka.ReportSink;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job on a real broker, a real Flink cluster and the real engine. */
class TrainingJobTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startKafka() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        Pipelines.createTopics(kafka.bootstrapServers(), "", List.of(ReportSink.TOPIC, "tributary.dead-letters"));
    }

    @AfterAll
    static void stopKafka() {
        kafka.close();
    }

    @Test
    void twentyFourSourcesOnThreeSubtasksFinishFiveRoundsWithoutATimeout() throws Exception {
        List<String> sources = Pipelines.names(24);
        Path snapshots = train("many.", sources, 5, 3);

        assertThat(snapshots.resolve("round-000005/manifest.json")).exists();
        assertThatEverySourceTookPartInFull(sources, "s", 5);
    }

    @Test
    void oneSourceOnThreeSubtasksFinishesFiveRoundsWithoutATimeout() throws Exception {
        List<String> sources = List.of("alone");
        train("one.", sources, 5, 3);

        assertThatEverySourceTookPartInFull(sources, "alone", 5);
    }

    @Test
    void theParallelismDoesNotChangeABitOfTheSnapshot() throws Exception {
        List<String> sources = List.of("x1", "x2", "x3");
        Pipelines.createTopics(kafka.bootstrapServers(), "equal.", sources);
        sources.forEach(source -> Pipelines.feed(kafka.bootstrapServers(), "equal.", source, 200));
        Path one = run("equal.", sources, 4, 1);
        Path again = run("equal.", sources, 4, 1);
        Path two = run("equal.", sources, 4, 2);

        assertThatFoldersAreEqual(one, again);
        assertThatFoldersAreEqual(one, two);
    }

    private static Path train(String prefix, List<String> sources, int rounds, int parallelism) throws Exception {
        Pipelines.createTopics(kafka.bootstrapServers(), prefix, sources);
        sources.forEach(source -> Pipelines.feed(kafka.bootstrapServers(), prefix, source, 200));
        return run(prefix, sources, rounds, parallelism);
    }

    /** Runs until the last snapshot is there. */
    private static Path run(String prefix, List<String> sources, int rounds, int parallelism) throws Exception {
        Path snapshots = Files.createTempDirectory(folder, "snapshots");
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(parallelism);
        env.enableCheckpointing(500);
        TrainingJob.build(env, Pipelines.config(kafka.bootstrapServers(), prefix, sources, rounds, snapshots));
        try (EmbeddedFlink flink = EmbeddedFlink.start(parallelism, 0, folder.resolve("flink"))) {
            JobClient job = flink.submit(env.getStreamGraph());
            Path last = snapshots.resolve("round-%06d/manifest.json".formatted(rounds));
            Awaitility.await().atMost(LIMIT).until(() -> {
                if (job.getJobStatus().get().isGloballyTerminalState()) {
                    job.getJobExecutionResult().get();
                }
                return Files.exists(last);
            });
            job.cancel().get();
        }
        return snapshots;
    }

    private static void assertThatEverySourceTookPartInFull(List<String> sources, String prefix, int rounds)
            throws Exception {
        List<RoundReport> reports = Pipelines.reports(kafka.bootstrapServers()).stream()
                .filter(report -> report.source().startsWith(prefix))
                .toList();
        for (String source : sources) {
            assertThat(reports.stream().filter(report -> report.source().equals(source)))
                    .as(source)
                    .extracting(RoundReport::round, RoundReport::participation, RoundReport::steps)
                    .containsExactlyElementsOf(Stream.iterate(0L, round -> round + 1)
                            .limit(rounds)
                            .map(round -> org.assertj.core.groups.Tuple.tuple(
                                    round, Participation.FULL, (long) Pipelines.LOCAL_STEPS))
                            .toList());
        }
    }

    private static void assertThatFoldersAreEqual(Path one, Path other) throws Exception {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(one)) {
            files = walk.filter(Files::isRegularFile).map(one::relativize).toList();
        }
        assertThat(files).hasSizeGreaterThan(4);
        for (Path file : files) {
            assertThat(other.resolve(file)).hasSameBinaryContentAs(one.resolve(file));
        }
        try (Stream<Path> walk = Files.walk(other)) {
            assertThat(walk.filter(Files::isRegularFile)).hasSameSizeAs(files);
        }
    }
}
