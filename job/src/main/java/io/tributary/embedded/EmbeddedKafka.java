package io.tributary.embedded;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;

/**
 * A Kafka broker for one machine: a KRaft node in a JVM of its own, reachable on loopback only.
 *
 * <p>The broker lives as long as its standard input is open (see {@link BrokerMain}), so it ends with this process even
 * if that is killed.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

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
            throw new Failure(
                    ErrorCode.CLUSTER_DOWN,
                    "The Kafka broker ended with status " + process.exitValue() + "; the end of " + log + ":\n"
                            + LogEnd.of(log));
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
        // The broker ignores Ctrl-C, to outlive the job that writes to it.
        return new ProcessBuilder(Broker.command(System.getProperty("java.class.path"), properties, List.of()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private void awaitAnswer() throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + START_LIMIT.toNanos();
        try (Admin admin = Broker.admin(bootstrapServers)) {
            while (!Broker.answers(admin)) {
                checkAlive();
                if (System.nanoTime() > deadlineNanos) {
                    throw new Failure(
                            ErrorCode.CLUSTER_DOWN,
                            "The Kafka broker did not answer on " + bootstrapServers + " within "
                                    + START_LIMIT.toSeconds() + " s; the end of " + log + ":\n" + LogEnd.of(log));
                }
            }
        }
    }
}
