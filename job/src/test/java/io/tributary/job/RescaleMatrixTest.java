package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.PipelineConfig;
import io.tributary.embedded.EmbeddedFlink;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run is stopped in the middle of a round and goes on with more subtasks, or fewer. */
class RescaleMatrixTest {
    private static final List<String> SOURCES = Pipelines.names(5);
    private static final String PREFIX = "corpus.";
    private static final int ROUNDS = 16;
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;
    private static Path unbroken;

    @BeforeAll
    static void runWithoutABreak() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        Pipelines.createTopics(kafka.bootstrapServers(), "", List.of(ReportSink.TOPIC, DeadLetterSink.TOPIC));
        Pipelines.createTopics(kafka.bootstrapServers(), PREFIX, SOURCES);
        SOURCES.forEach(source -> Pipelines.feed(kafka.bootstrapServers(), PREFIX, source, 130));
        unbroken = folder.resolve("unbroken");
        Cluster.run(config(unbroken), 2, unbroken, ROUNDS, folder.resolve("flink"));
    }

    @AfterAll
    static void stopKafka() throws Exception {
        kafka.close();
    }

    @ParameterizedTest(name = "from {0} to {1} subtasks, in round {2}")
    @CsvSource({"1, 2, 3", "2, 1, 8", "2, 3, 5", "3, 2, 11", "4, 1, 6"})
    void aRunThatIsStoppedInMidRoundAndRescaledEndsWithTheBytesOfAnUnbrokenOne(int before, int after, int round)
            throws Exception {
        Path broken = Files.createTempDirectory(folder, "snapshots");
        String savepoint = stopInMidRound(broken, before, round);
        assertThat(Cluster.manifest(broken, ROUNDS))
                .as("the run was stopped before its end")
                .doesNotExist();

        try (EmbeddedFlink flink = EmbeddedFlink.start(after, 0, folder.resolve("flink"))) {
            StreamGraph resumed = Cluster.graph(config(broken), after);
            resumed.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
            JobClient job = flink.submit(resumed);
            Cluster.awaitSnapshot(broken, ROUNDS, job);
            job.cancel().get();
        }

        Snapshots.assertThatFoldersAreEqual(unbroken, broken);
    }

    private static String stopInMidRound(Path snapshots, int parallelism, int round) throws Exception {
        MidRoundStop stop = new MidRoundStop(round, parallelism);
        try (EmbeddedFlink flink = EmbeddedFlink.start(parallelism, 0, folder.resolve("flink"))) {
            StreamGraph graph = Cluster.graph(config(snapshots), parallelism);
            ProbedOperators.probe(graph, stop, "train");
            JobClient job = flink.submit(graph);
            Awaitility.await().atMost(LIMIT).until(() -> {
                Cluster.checkRuns(job);
                return stop.holds();
            });
            String savepoint = job.stopWithSavepoint(
                            false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                    .get();
            assertThat(stop.savedInside()).as("subtasks saved in mid-round").hasSize(parallelism);
            return savepoint;
        }
    }

    private static PipelineConfig config(Path snapshots) {
        return Pipelines.config(kafka.bootstrapServers(), PREFIX, SOURCES, ROUNDS, snapshots);
    }
}
