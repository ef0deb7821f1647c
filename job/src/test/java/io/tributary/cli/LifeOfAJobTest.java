package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.embedded.EmbeddedFlink;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.failure.ErrorCode;
import io.tributary.job.Pipelines;
import io.tributary.job.Snapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands, on a real Kafka and the REST interface of a real Flink. */
class LifeOfAJobTest {
    private static final List<String> SOURCES = List.of("a", "b", "c");
    private static final int ROUNDS = 24;
    /** A document makes about one round. */
    private static final int DOCUMENTS = 60;

    private static final int FIRST_DOCUMENTS = 12;
    /** Steps, rows and T, as the settings say. */
    private static final long TOKENS_OF_A_ROUND = 3 * 4 * 16;

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;
    private static EmbeddedFlink flink;

    @BeforeAll
    static void startCluster() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        flink = EmbeddedFlink.start(4, 0, folder.resolve("flink"));
        Files.writeString(
                folder.resolve("cluster.json"),
                "{\"web\": \"%s\", \"kafka\": \"%s\"}".formatted(flink.webUrl(), kafka.bootstrapServers()));
        Pipelines.createTopics(kafka.bootstrapServers(), "one.", SOURCES);
        Pipelines.createTopics(kafka.bootstrapServers(), "two.", SOURCES);
    }

    @AfterAll
    static void stopCluster() throws Exception {
        flink.close();
        kafka.close();
    }

    @Test
    void aJobThatIsStoppedAndResumedOnOtherSubtasksEndsWithTheSameBytes() throws Exception {
        feed("one.", 0, DOCUMENTS);
        String id = json("submit", "--config=" + settings("unbroken", "one."))
                .at("/id")
                .textValue();
        awaitSnapshot("unbroken", ROUNDS);
        assertThat(json("cancel", "unbroken").at("/id").textValue()).isEqualTo(id);

        // So little that the job cannot be ready before it is stopped.
        feed("two.", 0, FIRST_DOCUMENTS);
        Path broken = settings("broken", "two.");
        assertThat(run("submit", "--config=" + broken, "--parallelism=2"))
                .contains("broken", flink.webUrl(), "/snapshots/broken", "It runs.");
        awaitSnapshot("broken", 2);
        assertThat(fails(ErrorCode.BUSY, "submit", "--config=" + broken))
                .contains("A job called broken is there already", "stop");

        JsonNode status = json("status");
        assertThat(status.at("/name").textValue()).isEqualTo("broken");
        assertThat(status.at("/state").textValue()).isEqualTo("RUNNING");
        assertThat(status.at("/parallelism").intValue()).isEqualTo(2);
        assertThat(json("list").findValuesAsText("name")).containsExactly("broken");
        assertThat(json("list", "--all").findValuesAsText("name")).containsExactly("broken", "unbroken");

        String savepoint = json("savepoint", "--to=" + folder.resolve("elsewhere"))
                .at("/path")
                .textValue();
        assertThat(savepoint).startsWith("file:").contains("/elsewhere/savepoint-");
        // The round cannot end: there is no text for it yet.
        assertThat(fails(ErrorCode.BUSY, "stop", "--wait=1"))
                .contains("did not come to the end of its round within 1 s", "--now");
        String stopped = run("stop", "--now").strip();
        assertThat(stopped).startsWith("file:").contains("/savepoints/savepoint-");
        assertThat(fails(ErrorCode.NO_SUCH_JOB, "status")).contains("No job runs");
        assertThat(folder.resolve("snapshots/broken/round-%06d".formatted(ROUNDS)))
                .doesNotExist();

        assertThat(fails(ErrorCode.STATE_DOES_NOT_FIT, "resume", "--set", "model.width=32"))
                .contains("has failed", "32");

        feed("two.", FIRST_DOCUMENTS, DOCUMENTS);
        assertThat(run("resume", "--parallelism=3")).contains("Resuming broken from " + stopped, "It runs.");
        awaitSnapshot("broken", ROUNDS);
        Snapshots.assertThatFoldersAreEqual(folder.resolve("snapshots/unbroken"), folder.resolve("snapshots/broken"));

        String curves = "--to=" + folder.resolve("curves");
        assertThat(run("tensorboard", "--once", curves)).contains("reports written", " 0 were there before");
        SOURCES.forEach(source ->
                assertThat(folder.resolve("curves").resolve(source)).isDirectoryContaining("glob:**.tfevents.*"));
        assertThat(run("tensorboard", "--once", curves)).doesNotContain(" 0 were there before");
        assertThat(run("tensorboard", "--once", "--all", "--to=" + folder.resolve("all")))
                .contains("reports written");

        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> json("status", "broken")
                .has("lastCheckpoint"));
        assertThat(run("status")).contains("parallelism  3", "checkpoint   checkpoint ");
        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(run("status"))
                .contains("round        %d of %d: the run is over".formatted(ROUNDS, ROUNDS)));
        assertThat(json("status").at("/rounds").longValue()).isEqualTo(ROUNDS);
        assertThat(run("cancel")).contains("./tributary resume --from file:").containsPattern("/checkpoints/\\w+/chk-");
        assertThat(run("resume")).contains("It runs.");
        assertThat(json("status").at("/parallelism").intValue())
                .as("as many subtasks as it had")
                .isEqualTo(3);
        run("cancel");
        assertThat(run("list")).contains("No job runs");
    }

    @Test
    void aJobIsToldToPauseASourceAndStoppedAtTheBorderOfARound() throws Exception {
        Pipelines.createTopics(kafka.bootstrapServers(), "three.", SOURCES);
        for (String source : SOURCES) {
            Pipelines.feed(kafka.bootstrapServers(), "three.", source, Pipelines.documents(source, 3000));
        }
        run("submit", "--config=" + settings("told", "three.", 100_000), "--parallelism=2");
        awaitSnapshot("told", 2);
        assertThat(run("sources", "pause", "b")).contains("to pause b");
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> json("ledger").findValuesAsText("standing").equals(List.of("ACTIVE", "PAUSED", "ACTIVE")));
        run("stop");

        JsonNode ledger = json("ledger", "--from=latest");
        long trained = ledger.at("/0/trainedTokens").longValue();
        assertThat(trained).isPositive().isEqualTo(ledger.at("/2/trainedTokens").longValue());
        assertThat(ledger.findValuesAsText("missingBytes")).containsExactly("0", "0", "0");
        assertThat(trained % TOKENS_OF_A_ROUND).as("whole rounds").isZero();
        assertThat(run("ledger", "--from=latest")).contains("source", "held out", "missing", "paused");
    }

    @Test
    void aPathWithoutAStateIsRefusedBeforeFlinkTakesTheJob() throws Exception {
        Path config = settings("nothing", "none.");
        assertThat(fails(
                        ErrorCode.SAVEPOINT_BROKEN,
                        "resume",
                        "--config=" + config,
                        "--from=" + folder.resolve("no-savepoint")))
                .contains("cannot be resumed", "there is nothing at file:", "no-savepoint");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThat(fails(ErrorCode.SAVEPOINT_BROKEN, "resume", "--config=" + config, "--from=" + empty))
                .contains("has no _metadata");
        Path damaged = Files.createDirectories(folder.resolve("damaged"));
        Files.writeString(damaged.resolve("_metadata"), "not what Flink wrote");
        assertThat(fails(ErrorCode.SAVEPOINT_BROKEN, "resume", "--config=" + config, "--from=" + damaged))
                .contains("cannot be resumed", "so it is damaged or was never finished");
    }

    @Test
    void aJobThatCannotStartIsReportedWithItsCause() throws Exception {
        Path config = settings("doomed", "one.");
        Files.writeString(
                config, Files.readString(config).replace("kafka: {", "kafka: {producer: {acks: sometimes}, "));
        assertThat(fails(ErrorCode.JOB_FAILED, "submit", "--config=" + config))
                .contains("has failed", "sometimes", "acks");
    }

    private static Path settings(String name, String prefix) throws IOException {
        return settings(name, prefix, ROUNDS);
    }

    private static Path settings(String name, String prefix, int rounds) throws IOException {
        return Files.writeString(
                folder.resolve(name + ".yaml"),
                """
                name: %s
                seed: 7
                model: {layers: 1, width: 16, heads: 2, sequenceLength: 16}
                variant: spec
                vocabulary: {pieces: 400, bootstrap: 500B}
                sources: [{name: a}, {name: b}, {name: c}]
                training: {batchRows: 4, learningRate: {peak: 1e-3, warmupSteps: 2}}
                rounds: {localSteps: 3, timeout: 2m, count: %d}
                holdOut: {share: 0.1, maxRows: 8}
                kafka: {topicPrefix: %s, discoveryInterval: 1s}
                snapshots:
                  everyRounds: 2
                flink:
                  restart-strategy.type: none
                  execution.checkpointing.interval: 500ms
                  execution.checkpointing.dir: %s
                """
                        .formatted(
                                name,
                                rounds,
                                prefix,
                                folder.resolve("checkpoints").toUri()));
    }

    private static void feed(String prefix, int from, int to) {
        for (String source : SOURCES) {
            Pipelines.feed(
                    kafka.bootstrapServers(),
                    prefix,
                    source,
                    Pipelines.documents(source, DOCUMENTS).subList(from, to));
        }
    }

    private static void awaitSnapshot(String name, int round) {
        Path manifest = folder.resolve("snapshots/%s/round-%06d/manifest.json".formatted(name, round));
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(manifest));
    }

    private static JsonNode json(String... args) throws IOException {
        return commands().json(args);
    }

    private static String run(String... args) {
        return commands().run(args);
    }

    private static String fails(ErrorCode code, String... args) {
        return commands().fails(code, args);
    }

    private static CommandLineRuns commands() {
        return new CommandLineRuns("--folder=" + folder);
    }
}
