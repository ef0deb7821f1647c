package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.tributary.embedded.EmbeddedFlink;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
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
        Pipelines.createTopics(kafka.bootstrapServers(), "", List.of(ReportSink.TOPIC, DeadLetterSink.TOPIC));
    }

    @AfterAll
    static void stopKafka() throws Exception {
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
    void badRecordsAmongTheTextBecomeDeadLettersAndTheJobGoesOn() throws Exception {
        List<String> sources = List.of("mixed");
        Pipelines.createTopics(kafka.bootstrapServers(), "bad.", sources);
        byte[] notUtf8 = {'a', (byte) 0xff, 'b'};
        Pipelines.send(
                kafka.bootstrapServers(),
                List.of(
                        new ProducerRecord<>("bad.mixed", notUtf8),
                        new ProducerRecord<>("bad.mixed", new byte[0]),
                        new ProducerRecord<>("bad.mixed", null)));
        Pipelines.feed(kafka.bootstrapServers(), "bad.", "mixed", 200);
        run("bad.", sources, 3, 2);

        assertThatEverySourceTookPartInFull(sources, "mixed", 3);
        var letters = Pipelines.records(kafka.bootstrapServers(), DeadLetterSink.TOPIC);
        assertThat(letters).extracting(letter -> header(letter, "topic")).containsOnly("bad.mixed");
        assertThat(letters).extracting(letter -> header(letter, "offset")).containsExactly("0", "1", "2");
        assertThat(letters).extracting(ConsumerRecord::value).containsExactly(notUtf8, new byte[0], null);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Test
    void theParallelismDoesNotChangeABitOfTheSnapshot() throws Exception {
        List<String> sources = List.of("x1", "x2", "x3");
        Pipelines.createTopics(kafka.bootstrapServers(), "equal.", sources);
        sources.forEach(source -> Pipelines.feed(kafka.bootstrapServers(), "equal.", source, 200));
        Path one = run("equal.", sources, 4, 1);
        Path again = run("equal.", sources, 4, 1);
        Path two = run("equal.", sources, 4, 2);

        Snapshots.assertThatFoldersAreEqual(one, again);
        Snapshots.assertThatFoldersAreEqual(one, two);
    }

    @Test
    void aRunThatIsStoppedInTheMiddleAndResumedOnOtherSubtasksEndsWithTheSameBytes() throws Exception {
        List<String> sources = List.of("r1", "r2", "r3");
        int rounds = 60;
        Pipelines.createTopics(kafka.bootstrapServers(), "resume.", sources);
        sources.forEach(source -> Pipelines.feed(kafka.bootstrapServers(), "resume.", source, 200));
        Path unbroken = run("resume.", sources, rounds, 2);

        Path broken = Files.createTempDirectory(folder, "snapshots");
        Path last = broken.resolve("round-%06d/manifest.json".formatted(rounds));
        String savepoint;
        try (EmbeddedFlink flink = EmbeddedFlink.start(2, 0, folder.resolve("flink"))) {
            JobClient job = flink.submit(graph("resume.", sources, rounds, 2, broken));
            awaitFile(broken.resolve("round-000004/manifest.json"), job);
            savepoint = stop(job);
        }
        assertThat(last).as("the run was stopped before its end").doesNotExist();
        try (EmbeddedFlink flink = EmbeddedFlink.start(3, 0, folder.resolve("flink"))) {
            StreamGraph resumed = graph("resume.", sources, rounds, 3, broken);
            resumed.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
            awaitFile(last, flink.submit(resumed));
        }

        Snapshots.assertThatFoldersAreEqual(unbroken, broken);
    }

    private static Path train(String prefix, List<String> sources, int rounds, int parallelism) throws Exception {
        Pipelines.createTopics(kafka.bootstrapServers(), prefix, sources);
        sources.forEach(source -> Pipelines.feed(kafka.bootstrapServers(), prefix, source, 200));
        return run(prefix, sources, rounds, parallelism);
    }

    /** Runs until the last snapshot is there, and all that was reported is in Kafka. */
    private static Path run(String prefix, List<String> sources, int rounds, int parallelism) throws Exception {
        Path snapshots = Files.createTempDirectory(folder, "snapshots");
        try (EmbeddedFlink flink = EmbeddedFlink.start(parallelism, 0, folder.resolve("flink"))) {
            JobClient job = flink.submit(graph(prefix, sources, rounds, parallelism, snapshots));
            awaitFile(snapshots.resolve("round-%06d/manifest.json".formatted(rounds)), job);
            stop(job);
        }
        return snapshots;
    }

    private static String stop(JobClient job) throws Exception {
        return job.stopWithSavepoint(
                        false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                .get();
    }

    private static StreamGraph graph(String prefix, List<String> sources, int rounds, int parallelism, Path snapshots) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(parallelism);
        env.enableCheckpointing(500);
        TrainingJob.build(env, Pipelines.config(kafka.bootstrapServers(), prefix, sources, rounds, snapshots));
        return env.getStreamGraph();
    }

    private static void awaitFile(Path file, JobClient job) {
        Awaitility.await().atMost(LIMIT).until(() -> {
            if (job.getJobStatus().get().isGloballyTerminalState()) {
                job.getJobExecutionResult().get();
            }
            return Files.exists(file);
        });
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
                            .map(round -> tuple(round, Participation.FULL, (long) Pipelines.LOCAL_STEPS))
                            .toList());
        }
    }
}
