package io.tributary.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * A Kafka broker for one machine: a KRaft node in a JVM of its own, reachable on loopback only.
 *
 * <p>The broker lives as long as its standard input is open (see {@link BrokerMain}), so it ends with this process even
 * if that is killed.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final int LOG_LINES_IN_ERRORS = 15;

    private final Process process;
    private final Path log;
    private final String bootstrapServers;

    private EmbeddedKafka(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.bootstrapServers = Loopback.HOST + ":" + port;
    }

    /**
     * Starts a broker and waits until it answers.
     *
     * @param folder for its data and its log; made if it is missing
     * @param port to listen on, or 0 for any free one
     * @throws IOException if the port is taken, or the broker ends or stays silent; with the end of its log
     */
    public static EmbeddedKafka start(Path folder, int port) throws IOException, InterruptedException {
        int listenPort = Loopback.port("Kafka", port);
        Path home = Files.createDirectories(folder.toAbsolutePath());
        Path log = home.resolve("kafka.log");
        Path properties = home.resolve("server.properties");
        BrokerProperties.write(properties, home.resolve("data"), listenPort, Loopback.port("Kafka's controller", 0));
        EmbeddedKafka kafka = new EmbeddedKafka(launch(properties, log), log, listenPort);
        try {
            kafka.awaitAnswer();
        } catch (IOException | InterruptedException | RuntimeException e) {
            kafka.close();
            throw e;
        }
        return kafka;
    }

    /** Where clients connect, as host:port. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** The process id of the broker. */
    public long pid() {
        return process.pid();
    }

    /**
     * Looks whether the broker still runs.
     *
     * @throws IOException if it has ended, with the end of its log
     */
    public void checkAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("The Kafka broker ended with status " + process.exitValue() + "; the end of " + log
                    + ":\n" + endOfLog());
        }
    }

    /** Stops the broker and waits until its process is gone. */
    @Override
    public void close() throws IOException {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static Process launch(Path properties, Path log) throws IOException {
        // Ctrl-C reaches every process of a terminal; the broker ignores it, to outlive the job that writes to it.
        List<String> command = List.of(
                "/bin/sh",
                "-c",
                "trap '' INT HUP; exec \"$@\"",
                "kafka",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlog4j2.configurationFile=broker-log4j2.xml",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerMain.class.getName(),
                properties.toString());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + START_LIMIT.toNanos();
        Map<String, Object> settings = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 1000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2000,
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 200);
        try (Admin admin = Admin.create(settings)) {
            while (!answers(admin)) {
                checkAlive();
                if (System.nanoTime() > deadlineNanos) {
                    throw new IOException("The Kafka broker did not answer on " + bootstrapServers + " within "
                            + START_LIMIT.toSeconds() + " s; the end of " + log + ":\n" + endOfLog());
                }
            }
        }
    }

    private static boolean answers(Admin admin) throws InterruptedException {
        try {
            return !admin.describeCluster().nodes().get().isEmpty();
        } catch (ExecutionException e) {
            return false;
        }
    }

    private String endOfLog() throws IOException {
        List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_IN_ERRORS), lines.size()));
    }
}
