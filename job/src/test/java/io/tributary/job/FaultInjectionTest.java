package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.PipelineConfig;
import io.tributary.embedded.EmbeddedFlink;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.flow.TrainingSettings;
import io.tributary.flow.VocabularySettings;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import io.tributary.merge.Merging;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Operators, checkpoints and snapshots fail again and again, in places drawn from a seed, and the run ends with the bytes
 * of one in which nothing fails. {@code -Dtributary.seed=S} repeats the faults of a failed test.
 */
class FaultInjectionTest {
    private static final List<String> SOURCES = List.of("f1", "f2", "f3");
    private static final int ROUNDS = 40;
    private static final int FAULTS_OF_A_PLACE = 2;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startKafka() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        Pipelines.createTopics(kafka.bootstrapServers(), "", List.of(ReportSink.TOPIC, DeadLetterSink.TOPIC));
        Pipelines.createTopics(kafka.bootstrapServers(), "corpus.", SOURCES);
        SOURCES.forEach(source -> Pipelines.feed(kafka.bootstrapServers(), "corpus.", source, 260));
    }

    @AfterAll
    static void stopKafka() throws Exception {
        kafka.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"SPEC", "TRIM"})
    void aRunFullOfFaultsEndsWithTheBytesOfOneWithout(Variant variant) throws Exception {
        Path unbroken = Files.createTempDirectory(folder, "snapshots");
        Cluster.run(config(variant, unbroken.toUri().toString()), 2, unbroken, ROUNDS, folder.resolve("flink"));

        FaultInjector faults = new FaultInjector(Long.getLong("tributary.seed", System.nanoTime()), FAULTS_OF_A_PLACE);
        Path broken = Files.createTempDirectory(folder, "snapshots");
        try {
            runWith(faults, variant, broken);

            Snapshots.assertThatFoldersAreEqual(unbroken, broken);
            assertThat(faults.fired()).isEqualTo(faults.expected());
            assertThat(faults.starts()).isGreaterThan(FaultInjector.Place.values().length * FAULTS_OF_A_PLACE);
        } catch (Exception | AssertionError e) {
            throw new AssertionError(faults + ": " + e.getMessage(), e);
        }
    }

    private static void runWith(FaultInjector faults, Variant variant, Path snapshots) throws Exception {
        Configuration settings = new Configuration()
                .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
                .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, Integer.MAX_VALUE)
                .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(1))
                .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100))
                .set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 0)
                // All state goes into files, however small.
                .set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ZERO)
                .set(
                        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                        FaultyFileSystem.address(Files.createTempDirectory(folder, "checkpoints"), faults));
        StreamGraph graph = Cluster.graph(config(variant, FaultyFileSystem.address(snapshots, faults)), 2, settings);
        ProbedOperators.probe(graph, faults, FaultInjector.UIDS);
        try (EmbeddedFlink flink = EmbeddedFlink.start(2, 0, folder.resolve("flink"))) {
            JobClient job = flink.submit(graph);
            Cluster.awaitSnapshot(snapshots, ROUNDS, job, LIMIT);
            job.cancel().get();
        }
    }

    private static PipelineConfig config(Variant variant, String snapshots) {
        VocabularySettings vocabulary = new VocabularySettings(380, 600, 60_000, Map.of());
        TrainingSettings training = Pipelines.training(
                SOURCES,
                Merging.averaging(variant, 700),
                new RoundRules(Pipelines.LOCAL_STEPS, 120_000, ROUNDS),
                vocabulary);
        return Pipelines.config(kafka.bootstrapServers(), "corpus.", training, snapshots);
    }
}
