package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.embedded.EmbeddedFlink;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.flow.TrainingSettings;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import io.tributary.merge.Merging;
import io.tributary.record.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk of the checkpoints is full for a while. */
class FullDiskTest {
    private static final List<String> SOURCES = List.of("d1", "d2", "d3");
    private static final int ROUNDS = 60;
    private static final int REFUSED = 6;
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;
    private static Path unbroken;

    @BeforeAll
    static void runOnADiskWithRoom() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        Pipelines.createTopics(kafka.bootstrapServers(), "", List.of(ReportSink.TOPIC, DeadLetterSink.TOPIC));
        Pipelines.createTopics(kafka.bootstrapServers(), "corpus.", SOURCES);
        SOURCES.forEach(source -> Pipelines.feed(kafka.bootstrapServers(), "corpus.", source, 260));
        unbroken = folder.resolve("unbroken");
        Cluster.run(
                Pipelines.config(kafka.bootstrapServers(), "corpus.", SOURCES, ROUNDS, unbroken),
                2,
                unbroken,
                ROUNDS,
                folder.resolve("flink"));
    }

    @AfterAll
    static void stopKafka() throws Exception {
        kafka.close();
    }

    /** A disk that refuses some files, while it is full. */
    private static final class Disk implements FaultyFileSystem.Watcher {
        private final Predicate<String> refuses;
        private final AtomicInteger refused = new AtomicInteger();
        private volatile boolean full;

        Disk(Predicate<String> refuses) {
            this.refuses = refuses;
        }

        @Override
        public void writes(org.apache.flink.core.fs.Path file) throws IOException {
            if (full && refuses.test(file.getPath())) {
                refused.incrementAndGet();
                throw new IOException("No space left on device");
            }
        }
    }

    @Test
    void theJobStartsAgainFromTheLastCheckpointUntilTheDiskHasRoom() throws Exception {
        JobStarts starts = new JobStarts();
        Path snapshots = runOn(new Disk(path -> true), starts);

        Snapshots.assertThatFoldersAreEqual(unbroken, snapshots);
        assertThat(starts.count()).isGreaterThan(1);
    }

    @Test
    void aCheckpointThatFailsOnceTrainHasWrittenItsStateDoesNotStopTheJob() throws Exception {
        JobStarts starts = new JobStarts();
        Path snapshots = runOn(new Disk(path -> path.endsWith("_metadata")), starts);

        Snapshots.assertThatFoldersAreEqual(unbroken, snapshots);
        assertThat(starts.count()).isEqualTo(1);
    }

    private static Path runOn(Disk disk, JobStarts starts) throws Exception {
        Path snapshots = Files.createTempDirectory(folder, "snapshots");
        Configuration settings = new Configuration()
                .set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay")
                .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, Integer.MAX_VALUE)
                .set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(1))
                .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50))
                .set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ZERO)
                .set(
                        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                        FaultyFileSystem.address(Files.createTempDirectory(folder, "checkpoints"), disk));
        StreamGraph graph = Cluster.graph(
                Pipelines.config(kafka.bootstrapServers(), "corpus.", training(), snapshots), 2, settings);
        ProbedOperators.probe(graph, starts, "train");
        try (EmbeddedFlink flink = EmbeddedFlink.start(2, 0, folder.resolve("flink"))) {
            JobClient job = flink.submit(graph);
            Cluster.awaitSnapshot(snapshots, 4, job);
            disk.full = true;
            Awaitility.await().atMost(LIMIT).until(() -> {
                Cluster.checkRuns(job);
                return disk.refused.get() >= REFUSED;
            });
            disk.full = false;
            assertThat(Cluster.manifest(snapshots, ROUNDS))
                    .as("the disk was full before the end")
                    .doesNotExist();
            Cluster.awaitSnapshot(snapshots, ROUNDS, job);
            job.cancel().get();
        }
        return snapshots;
    }

    private static TrainingSettings training() {
        return Pipelines.training(SOURCES, ROUNDS, Merging.averaging(Variant.SPEC, 1000));
    }
}
