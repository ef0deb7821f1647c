package io.tributary.cli;

import static org.apache.kafka.common.acl.AclOperation.CREATE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.resource.ResourceType.GROUP;
import static org.apache.kafka.common.resource.ResourceType.TOPIC;
import static org.apache.kafka.common.resource.ResourceType.TRANSACTIONAL_ID;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.embedded.ClusterClassPath;
import io.tributary.embedded.ClusterSettings;
import io.tributary.embedded.LocalCluster;
import io.tributary.embedded.SecureBroker;
import io.tributary.failure.ErrorCode;
import io.tributary.job.Pipelines;
import io.tributary.kafka.ReportSink;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real broker with SASL_SSL, SCRAM and ACLs, a cluster of real processes, and the commands. */
class KafkaSecurityTest {
    /** Nothing else on the machine is called so. */
    private static final String PASSWORD = "river-7f3a-password";

    private static final String OTHER_PASSWORD = "brook-91c4-password";

    @TempDir
    private static Path folder;

    private static SecureBroker broker;
    private static LocalCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        broker = SecureBroker.start(folder.resolve("broker"));
        broker.user("job", PASSWORD);
        broker.user("stranger", OTHER_PASSWORD);
        secret("password", PASSWORD);
        secret("stranger-password", OTHER_PASSWORD);
        secret("wrong-password", "not-the-password");
        cluster = LocalCluster.start(
                folder.resolve("cluster"),
                new ClusterSettings(1, 1, 1024, 1, ClusterSettings.Scheduler.DEFAULT, 0, 0, Map.of()),
                ClusterClassPath.ofThisJvm());
        allowTheJob();
        broker.topics("corpus.a");
    }

    @AfterAll
    static void stop() throws Exception {
        cluster.stop();
        broker.close();
    }

    /** The least that docs/security.md names. */
    private static void allowTheJob() throws Exception {
        broker.allow("job", TOPIC, "corpus.", READ, WRITE);
        broker.allow("job", TOPIC, "tributary.", READ, WRITE, CREATE);
        broker.allow("job", GROUP, "secured", READ);
        broker.allow("job", TRANSACTIONAL_ID, "tributary-dead-letters-replay", WRITE);
    }

    @Test
    void aJobTrainsThroughTlsAndScramAndItsPasswordIsNowhere() throws Exception {
        Path text = Files.writeString(
                folder.resolve("a.txt"), String.join("\n\n", Pipelines.documents("a", 60)) + "\n\n" + "x\n\n");
        Path client = client("client", broker.servers(), "job", "password");
        run("feed", "--source=a", "--kafka-properties=" + client, text.toString());
        run("submit", "--config=" + settings("secured", broker.servers(), "job", "password"));
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> !snapshots()
                .isEmpty());

        assertThat(run("topics", "list", "--kafka-properties=" + client)).contains("corpus.a");
        assertThat(run("dead-letters", "list", "--kafka-properties=" + client)).contains("No dead letters");
        assertThat(run("sources", "pause", "a")).contains("to pause a");
        assertThat(placesWith(PASSWORD))
                .containsExactly(folder.resolve("password").toString());

        // A user that loses its rights while the job runs ends the job, which says so: a sink,
        String sinking = id();
        broker.deny("job", ReportSink.TOPIC, WRITE);
        run("sources", "resume", "a");
        run("feed", "--source=a", "--kafka-properties=" + client, text.toString());
        assertEnds(sinking, "may not use the topics [tributary.reports]");
        broker.forbidAll();
        allowTheJob();
        // and the source.
        run("resume");
        String reading = id();
        broker.forbidAll();
        assertEnds(reading, "may not use the topics");
        allowTheJob();
    }

    private static String id() throws Exception {
        return new ObjectMapper().readTree(run("status", "--json")).at("/id").textValue();
    }

    private static void assertEnds(String id, String reason) throws Exception {
        Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                        get("/jobs/" + id + "/exceptions"))
                .contains(reason, broker.servers(), "docs/security.md"));
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> get("/jobs/" + id)
                .contains("\"state\":\"FAILED\""));
    }

    @Test
    void wrongCredentialsAreSaidWithTheirPlace() throws Exception {
        Path client = client("wrong", broker.servers(), "job", "wrong-password");
        for (String said : List.of(
                fails(
                        ErrorCode.KAFKA_LOGIN,
                        "submit",
                        "--config=" + settings("wrong", broker.servers(), "job", "wrong-password")),
                fails(ErrorCode.KAFKA_LOGIN, "topics", "list", "--kafka-properties=" + client),
                fails(ErrorCode.KAFKA_LOGIN, "dead-letters", "list", "--kafka-properties=" + client),
                fails(ErrorCode.KAFKA_LOGIN, "feed", "--source=a", "--kafka-properties=" + client, text()))) {
            assertThat(said)
                    .contains(broker.servers() + " does not let the user in", "SCRAM-SHA-256", "sasl.jaas.config")
                    .doesNotContain(PASSWORD);
        }
    }

    @Test
    void aCertificateThatHasExpiredIsSaidWithItsDate() throws Exception {
        Path client = client("expired", broker.expiredServers(), "job", "password");
        for (String said : List.of(
                fails(
                        ErrorCode.KAFKA_TLS,
                        "submit",
                        "--config=" + settings("expired", broker.expiredServers(), "job", "password")),
                fails(ErrorCode.KAFKA_TLS, "feed", "--source=a", "--kafka-properties=" + client, text()))) {
            assertThat(said)
                    .contains("TLS with the Kafka at " + broker.expiredServers() + " fails", "NotAfter", "certificate");
        }
    }

    @Test
    void rightsThatAreMissingAreNamedTogether() throws Exception {
        broker.topics("corpus.closed");
        broker.allow("stranger", TOPIC, "tributary.", READ, CREATE);
        Path client = client("stranger", broker.servers(), "stranger", "stranger-password");
        assertThat(fails(
                        ErrorCode.KAFKA_RIGHTS,
                        "submit",
                        "--config=" + settings("closed", broker.servers(), "stranger", "stranger-password")))
                .contains(
                        "READ on the topic corpus.a",
                        "WRITE on the topic tributary.reports",
                        "WRITE on the topic tributary.dead-letters",
                        broker.servers());
        assertThat(fails(ErrorCode.KAFKA_RIGHTS, "feed", "--source=closed", "--kafka-properties=" + client, text()))
                .contains("may not use the topics [corpus.closed]", "ACL");
        assertThat(fails(ErrorCode.KAFKA_RIGHTS, "topics", "create", "--source=new", "--kafka-properties=" + client))
                .contains("corpus.new", "ACL");
    }

    @Test
    void aSecretThatIsNotThereIsNamed() throws Exception {
        assertThat(fails(
                        ErrorCode.KAFKA_PROPERTIES,
                        "submit",
                        "--config=" + settings("lost", broker.servers(), "job", "no-such-file")))
                .contains(
                        "The properties of Kafka cannot be used",
                        folder.resolve("no-such-file").toString());
    }

    private static void secret(String name, String value) throws IOException {
        Files.writeString(folder.resolve(name), value + "\n");
    }

    private static String text() throws IOException {
        return Files.writeString(folder.resolve("some.txt"), "Some text.\n").toString();
    }

    private static Map<String, String> properties(String user, String password) {
        return Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "SCRAM-SHA-256",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"${file:%s}\";"
                        .formatted(user, folder.resolve(password)),
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                broker.trusted().toString());
    }

    private static Path client(String name, String servers, String user, String password) throws IOException {
        List<String> lines = new ArrayList<>(List.of("bootstrap.servers=" + servers));
        properties(user, password).forEach((key, value) -> lines.add(key + "=" + value));
        return Files.write(folder.resolve(name + ".properties"), lines);
    }

    private static Path settings(String name, String servers, String user, String password) throws IOException {
        StringBuilder properties = new StringBuilder();
        properties(user, password).forEach((key, value) -> properties
                .append("    ")
                .append(key)
                .append(": '")
                .append(value)
                .append("'\n"));
        return Files.writeString(
                folder.resolve(name + ".yaml"),
                """
                name: %s
                model: {layers: 1, width: 16, heads: 2, sequenceLength: 16}
                variant: spec
                vocabulary: {pieces: 400, bootstrap: 500B}
                sources: [{name: a}]
                training: {batchRows: 4, learningRate: {peak: 1e-3, warmupSteps: 2}}
                rounds: {localSteps: 3, timeout: 2m}
                holdOut: {share: 0.1, maxRows: 8}
                snapshots: {everyRounds: 2, folder: '%s'}
                flink: {execution.checkpointing.interval: 1s}
                kafka:
                  bootstrapServers: %s
                  discoveryInterval: 1s
                  groupId: secured
                  properties:
                """
                                .formatted(name, folder.resolve("snapshots").toUri(), servers)
                        + properties);
    }

    private static List<Path> snapshots() throws IOException {
        return files(folder.resolve("snapshots")).stream()
                .filter(file -> file.endsWith("manifest.json"))
                .toList();
    }

    /** The files of a folder in which a job writes and removes some meanwhile; none where there is no folder yet. */
    private static List<Path> files(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                files.add(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                return goOn(e);
            }

            @Override
            public FileVisitResult postVisitDirectory(Path removed, @Nullable IOException e) throws IOException {
                return e == null ? FileVisitResult.CONTINUE : goOn(e);
            }

            private static FileVisitResult goOn(IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
        return files;
    }

    /** Every file of the cluster, its logs and kept settings among them, every command line, and what Flink shows. */
    private static List<String> placesWith(String secret) throws Exception {
        List<String> places = new ArrayList<>();
        for (Path file : files(folder)) {
            if (!file.startsWith(folder.resolve("broker/data")) && contains(file, secret)) {
                places.add(file.toString());
            }
        }
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes
                    .filter(each -> each.getFileName().toString().matches("\\d+"))
                    .toList()) {
                if (contains(process.resolve("cmdline"), secret)) {
                    places.add(process.toString());
                }
            }
        }
        String jobs = get("/jobs");
        String id = new ObjectMapper().readTree(jobs).at("/jobs/0/id").textValue();
        assertThat(get("/jobs/" + id + "/config")).contains("execution-config");
        for (String page : List.of("", "/config", "/plan", "/exceptions")) {
            if (get("/jobs/" + id + page).contains(secret)) {
                places.add(page);
            }
        }
        for (String page : List.of("/config", "/jobmanager/config", "/jobmanager/environment", "/taskmanagers")) {
            if (get(page).contains(secret)) {
                places.add(page);
            }
        }
        return places;
    }

    private static boolean contains(Path file, String secret) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(secret);
        } catch (IOException e) {
            // A process that ended, or a file that was replaced, in this moment.
            return false;
        }
    }

    private static String get(String page) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(cluster.webUrl() + page))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    private static String run(String... args) {
        return commands().run(args);
    }

    private static String fails(ErrorCode code, String... args) {
        return commands().fails(code, args);
    }

    private static CommandLineRuns commands() {
        return new CommandLineRuns(
                "--folder=" + Objects.requireNonNull(cluster).folder().root());
    }
}
