package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.embedded.EmbeddedFlink;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.flow.TrainingSettings;
import io.tributary.flow.VocabularySettings;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import io.tributary.merge.Merging;
import io.tributary.model.ModelShape;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.FileUtils;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Savepoints that are damaged or another model's are refused, and the right one still works after that. */
class BadSavepointTest {
    private static final List<String> SOURCES = List.of("b1", "b2", "b3");
    private static final int STOPPED_IN_ROUND = 3;
    private static final int ROUNDS = 6;
    private static final int PIECES = 400;
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;
    private static EmbeddedFlink flink;
    private static Path savepoint;

    @BeforeAll
    static void makeASavepoint() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        Pipelines.createTopics(kafka.bootstrapServers(), "", List.of(ReportSink.TOPIC, DeadLetterSink.TOPIC));
        Pipelines.createTopics(kafka.bootstrapServers(), "corpus.", SOURCES);
        SOURCES.forEach(source -> Pipelines.feed(kafka.bootstrapServers(), "corpus.", source, 150));
        flink = EmbeddedFlink.start(2, 0, folder.resolve("flink"));
        MidRoundStop stop = new MidRoundStop(STOPPED_IN_ROUND, 2);
        // All state goes into files, however small.
        Configuration settings = new Configuration()
                .set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, MemorySize.ZERO)
                .set(
                        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                        folder.resolve("checkpoints").toUri().toString());
        StreamGraph graph = Cluster.graph(
                Pipelines.config(kafka.bootstrapServers(), "corpus.", spec(), folder.resolve("first")), 2, settings);
        ProbedOperators.probe(graph, stop, "train");
        JobClient job = flink.submit(graph);
        Awaitility.await().atMost(LIMIT).until(() -> {
            Cluster.checkRuns(job);
            return stop.holds();
        });
        savepoint = Path.of(URI.create(job.stopWithSavepoint(
                        false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                .get()));
    }

    @AfterAll
    static void stop() throws Exception {
        flink.close();
        kafka.close();
    }

    @AfterEach
    void theRightSavepointStillWorks() throws Exception {
        Savepoint.open(savepoint.toString()).requireAllFiles();
        resume(savepoint, spec());
    }

    @Test
    void aSavepointThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> Savepoint.open(savepoint + "-of-another-day"))
                .hasMessageContaining("There is no savepoint at " + savepoint + "-of-another-day")
                .hasMessageContaining("start from another savepoint");
    }

    @Test
    void metadataThatEndsTooSoonIsNamed() throws Exception {
        Path damaged = damaged("_metadata", bytes -> Arrays.copyOf(bytes, bytes.length / 2));

        assertThatThrownBy(() -> Savepoint.open(damaged.toString()))
                .hasMessageContaining("The metadata of the savepoint " + damaged + " cannot be read")
                .hasMessageContaining("start from another savepoint");
    }

    @ParameterizedTest
    @ValueSource(strings = {"corpus", "tokenize", "train", "merge", "outer-step", "commit-snapshots"})
    void aFileOfStateThatEndsTooSoonIsNamed(String uid) throws Exception {
        String file = fileOf(uid);
        Savepoint damaged = Savepoint.open(
                damaged(file, bytes -> Arrays.copyOf(bytes, bytes.length / 2)).toString());

        assertThatThrownBy(damaged::requireAllFiles)
                .hasMessageContaining("is damaged, " + file + " has ")
                .hasMessageContaining("start from another savepoint");
    }

    @Test
    void aBodyOfWhichBitsAreFlippedIsNotTrainedOn() throws Exception {
        Path damaged = damaged(fileOf("outer-step"), BadSavepointTest::flipInTheMiddle);
        Savepoint.open(damaged.toString()).requireAllFiles();

        assertThatThrownBy(() -> resume(damaged, spec()))
                .rootCause()
                .isInstanceOf(IOException.class)
                .hasMessageContaining("The checksum of a shard of the body does not fit its")
                .hasMessageContaining("the state is damaged");
        assertThatThrownBy(() -> resume(damaged, spec()))
                .hasStackTraceContaining("No OuterShard can be read here in its version 2")
                .hasStackTraceContaining("so start from another one");
    }

    @Test
    void aSavepointOfAnotherWidthOrDepthIsNotResumed() {
        for (ModelShape other : List.of(new ModelShape(1, 32, 2, 16), new ModelShape(2, 16, 2, 16))) {
            assertThatThrownBy(() -> resume(savepoint, with(other, spec())))
                    .rootCause()
                    .hasMessageContaining("is of " + Pipelines.SHAPE + " sharing [BODY]")
                    .hasMessageContaining("but this job trains " + other)
                    .hasMessageContaining("a job keeps the shape and the variant it began with");
        }
    }

    @Test
    void aSavepointOfAnotherVariantIsNotResumed() {
        assertThatThrownBy(() -> resume(savepoint, training(Variant.TRIM, PIECES)))
                .rootCause()
                .hasMessageContaining("The savepoint was written with variant SPEC")
                .hasMessageContaining("but the job has variant TRIM")
                .hasMessageContaining("keep these settings as they were, or begin a new run");
    }

    @Test
    void aSourceOfWhichBitsAreFlippedIsNotTrainedOn() throws Exception {
        Path damaged = damaged(fileOf("train"), BadSavepointTest::flipInTheMiddle);

        assertThatThrownBy(() -> resume(damaged, spec()))
                .rootCause()
                .hasMessageContaining("The state of Train is damaged")
                .hasMessageContaining("start from another savepoint or checkpoint");
    }

    private static byte[] flipInTheMiddle(byte[] bytes) {
        for (int i = 0; i < 8; i++) {
            bytes[bytes.length / 2 + i] ^= (byte) 0xff;
        }
        return bytes;
    }

    /** The longest file of an operator's state. */
    private static String fileOf(String uid) throws IOException {
        return Savepoint.open(savepoint.toString()).files().stream()
                .filter(file -> file.uid().equals(uid))
                .max((one, other) -> Long.compare(one.bytes(), other.bytes()))
                .orElseThrow()
                .path()
                .getName();
    }

    /** A copy of the savepoint in which one file is another. */
    private static Path damaged(String file, UnaryOperator<byte[]> damage) throws IOException {
        Path copy = Files.createTempDirectory(folder, "damaged").resolve("savepoint");
        FileUtils.copy(flinkPath(savepoint), flinkPath(copy), false);
        Path target = copy.resolve(file);
        Files.write(target, damage.apply(Files.readAllBytes(target)));
        return copy;
    }

    private static org.apache.flink.core.fs.Path flinkPath(Path path) {
        return new org.apache.flink.core.fs.Path(path.toUri());
    }

    /** Runs from a savepoint to the last round; fails when the job does. */
    private static void resume(Path from, TrainingSettings settings) throws Exception {
        Path snapshots = Files.createTempDirectory(folder, "snapshots");
        StreamGraph graph =
                Cluster.graph(Pipelines.config(kafka.bootstrapServers(), "corpus.", settings, snapshots), 2);
        graph.setSavepointRestoreSettings(
                SavepointRestoreSettings.forPath(from.toUri().toString()));
        JobClient job = flink.submit(graph);
        Cluster.awaitSnapshot(snapshots, ROUNDS, job);
        job.cancel().get();
        assertThat(Cluster.manifest(snapshots, STOPPED_IN_ROUND - 1))
                .as("rounds before the savepoint are not run again")
                .doesNotExist();
    }

    private static TrainingSettings spec() {
        return training(Variant.SPEC, PIECES);
    }

    private static TrainingSettings training(Variant variant, int pieces) {
        return Pipelines.training(
                SOURCES,
                Merging.averaging(variant, 1000),
                new RoundRules(Pipelines.LOCAL_STEPS, 120_000, ROUNDS),
                new VocabularySettings(pieces, 4_000, 5_000, Map.of()));
    }

    private static TrainingSettings with(ModelShape shape, TrainingSettings like) {
        return new TrainingSettings(
                like.seed(),
                shape,
                like.precision(),
                like.adamW(),
                like.learningRate(),
                like.batchRows(),
                like.rounds(),
                like.merging(),
                like.vocabulary(),
                like.holdOut(),
                like.snapshotEvery(),
                like.queueLimitBytes(),
                like.sources(),
                like.sequenceLengths());
    }
}
