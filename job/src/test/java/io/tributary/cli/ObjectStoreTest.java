package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.embedded.EmbeddedFlink;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.failure.ErrorCode;
import io.tributary.job.Pipelines;
import io.tributary.snapshot.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A life of a job that keeps everything in an object store: a real S3-compatible server, and Flink's own file system for
 * it, loaded as a user's would be.
 */
class ObjectStoreTest {
    private static final List<String> SOURCES = List.of("a", "b");
    private static final String BUCKET = "s3://" + ObjectStore.BUCKET;

    @TempDir
    private static Path folder;

    private static ObjectStore store;
    private static EmbeddedKafka kafka;
    private static EmbeddedFlink flink;

    @BeforeAll
    static void start() throws Exception {
        store = ObjectStore.start(Files.createDirectory(folder.resolve("s3")));
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        flink = EmbeddedFlink.start(2, 0, folder.resolve("flink"));
        Files.writeString(
                folder.resolve("cluster.json"),
                "{\"web\": \"%s\", \"kafka\": \"%s\"}".formatted(flink.webUrl(), kafka.bootstrapServers()));
        // As the cluster that is started in a folder has its settings there.
        Files.writeString(
                Files.createDirectory(folder.resolve("conf")).resolve("config.yaml"),
                """
                s3.endpoint: %s
                s3.path-style-access: true
                s3.region: us-east-1
                execution.checkpointing.savepoint-dir: %s/savepoints
                """
                        .formatted(store.address(), BUCKET));
        Pipelines.createTopics(kafka.bootstrapServers(), "corpus.", SOURCES);
        store.await();
    }

    @AfterAll
    static void stop() throws Exception {
        flink.close();
        kafka.close();
        store.stop();
    }

    @Test
    void aJobThatKeepsAllInAnObjectStoreIsStoppedResumedExportedAndContinued() throws Exception {
        feed(0, 30);
        run("submit", "--config=" + settings("first", ""), "--parallelism=2");
        Snapshot early = awaitSnapshot("first", 2);
        assertThat(early.sources()).containsExactlyElementsOf(SOURCES);
        early.verifyChecksums();

        String savepoint = run("stop", "--now").strip();
        assertThat(savepoint).startsWith(BUCKET + "/savepoints/savepoint-");
        assertThat(fails(ErrorCode.SAVEPOINT_BROKEN, "resume", "--from=" + BUCKET + "/savepoints/none"))
                .contains("there is nothing at");
        feed(30, 60);
        assertThat(run("resume", "--from=" + savepoint, "--parallelism=1")).contains("It runs.");
        awaitSnapshot("first", 8);
        assertThat(run("ledger", "--from=" + savepoint)).contains("consumed", "missing");
        assertThat(run("cancel")).contains("--from " + BUCKET + "/checkpoints/");

        Path exported = folder.resolve("exported");
        String late = BUCKET + "/snapshots/first/round-000008";
        assertThat(run("export", "--snapshot=" + late, "--source=a", "--to=" + exported))
                .contains("the model of a after 8 rounds");
        run("export", "--snapshot=" + late, "--source=a", "--to=" + BUCKET + "/exported");
        assertThat(Files.size(exported.resolve("model.safetensors"))).isPositive();

        feed(60, 90);
        run("submit", "--config=" + settings("second", "init: {from: '%s'}".formatted(late)));
        awaitSnapshot("second", 1);
        run("cancel", "second");
        String imported = "init: {from: '%s/exported'}".formatted(BUCKET);
        run("submit", "--config=" + settings("third", imported));
        awaitSnapshot("third", 1);
        run("cancel", "third");
    }

    private static Path settings(String name, String init) throws Exception {
        return Files.writeString(
                folder.resolve(name + ".yaml"),
                """
                name: %s
                model: {layers: 1, width: 16, heads: 2, sequenceLength: 16}
                variant: spec
                vocabulary: {pieces: 400, bootstrap: 500B}
                sources: [{name: a}, {name: b}]
                training: {batchRows: 4, learningRate: {peak: 1e-3, warmupSteps: 2}}
                rounds: {localSteps: 3, timeout: 2m, count: 100}
                holdOut: {share: 0.1, maxRows: 8}
                kafka: {discoveryInterval: 1s}
                snapshots: {everyRounds: 1, folder: '%s/snapshots/%s'}
                flink:
                  restart-strategy.type: none
                  execution.checkpointing.interval: 500ms
                  execution.checkpointing.dir: %s/checkpoints
                %s
                """
                        .formatted(name, BUCKET, name, BUCKET, init));
    }

    private static void feed(int from, int to) {
        for (String source : SOURCES) {
            Pipelines.feed(
                    kafka.bootstrapServers(),
                    "corpus.",
                    source,
                    Pipelines.documents(source, to).subList(from, to));
        }
    }

    private static Snapshot awaitSnapshot(String name, int round) throws Exception {
        var snapshots = new org.apache.flink.core.fs.Path(BUCKET + "/snapshots/" + name);
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    var latest = Snapshot.latest(snapshots);
                    return latest.isPresent() && Snapshot.open(latest.get()).round() >= round;
                });
        return Snapshot.open(Snapshot.latest(snapshots).orElseThrow());
    }

    private static String run(String... args) {
        return new CommandLineRuns("--folder=" + folder).run(args);
    }

    private static String fails(ErrorCode code, String... args) {
        return new CommandLineRuns("--folder=" + folder).fails(code, args);
    }
}
