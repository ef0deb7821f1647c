package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.PipelineConfig;
import io.tributary.embedded.EmbeddedFlink;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import io.tributary.record.RoundReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker is killed in the middle of a run, and comes again over its data after a while; {@code
 * -Dtributary.broker.gone.seconds=60} makes that a minute.
 */
class BrokerGoneTest {
    private static final List<String> SOURCES = List.of("k1", "k2", "k3");
    private static final int ROUNDS = 30;
    private static final int DOCUMENTS = 200;
    /** Text for a vocabulary and some rounds, and not for all. */
    private static final int DOCUMENTS_BEFORE = 30;

    private static final Duration GONE = Duration.ofSeconds(Long.getLong("tributary.broker.gone.seconds", 4));
    private static final Duration LIMIT = Duration.ofMinutes(4);

    @TempDir
    private static Path folder;

    @Test
    void aRunWhoseBrokerIsKilledAndComesAgainEndsWithTheSameBytesAndAllReports() throws Exception {
        EmbeddedKafka first = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        String servers = first.bootstrapServers();
        Pipelines.createTopics(servers, "", List.of(ReportSink.TOPIC, DeadLetterSink.TOPIC));
        Pipelines.createTopics(servers, "corpus.", SOURCES);
        feed(servers, 0, DOCUMENTS_BEFORE);

        Path snapshots = folder.resolve("snapshots");
        JobStarts starts = new JobStarts();
        try (EmbeddedFlink flink = EmbeddedFlink.start(2, 0, folder.resolve("flink"))) {
            // Restarts as they are unless told otherwise.
            StreamGraph graph = Cluster.graph(config(servers, snapshots), 2, new Configuration());
            ProbedOperators.probe(graph, starts, "train");
            JobClient job = flink.submit(graph);
            Cluster.awaitSnapshot(snapshots, 2, job, LIMIT);
            kill(first);
            Awaitility.await().pollDelay(GONE).atMost(GONE.plusMinutes(1)).until(() -> true);
            assertThat(Cluster.manifest(snapshots, ROUNDS))
                    .as("the broker went before the end")
                    .doesNotExist();
            try (EmbeddedKafka second = EmbeddedKafka.start(folder.resolve("kafka"), port(servers))) {
                feed(servers, DOCUMENTS_BEFORE, DOCUMENTS);
                Cluster.awaitSnapshot(snapshots, ROUNDS, job, LIMIT);
                awaitAllReports(servers);
                job.cancel().get();
                System.out.printf(
                        "The broker was gone for %s s, and the job started %d times%n",
                        GONE.toSeconds(), starts.count());

                Path unbroken = folder.resolve("unbroken");
                Cluster.run(config(servers, unbroken), 2, unbroken, ROUNDS, folder.resolve("flink"));
                Snapshots.assertThatFoldersAreEqual(unbroken, snapshots);
                second.checkAlive();
            }
        }
    }

    /** Of some the broker has two copies, if the job started again. */
    private static void awaitAllReports(String servers) {
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
            Set<String> there = Pipelines.reports(servers).stream()
                    .map(BrokerGoneTest::name)
                    .collect(Collectors.toSet());
            assertThat(there).hasSize(ROUNDS * SOURCES.size());
        });
    }

    private static String name(RoundReport report) {
        return report.source() + " in round " + report.round();
    }

    private static void kill(EmbeddedKafka kafka) throws Exception {
        ProcessHandle broker = ProcessHandle.of(kafka.pid()).orElseThrow();
        broker.destroyForcibly();
        broker.onExit().get();
        kafka.close();
    }

    private static int port(String servers) {
        return Integer.parseInt(servers.substring(servers.indexOf(':') + 1));
    }

    private static void feed(String servers, int from, int to) {
        SOURCES.forEach(source -> Pipelines.feed(
                servers,
                "corpus.",
                source,
                Pipelines.documents(source, DOCUMENTS).subList(from, to)));
    }

    private static PipelineConfig config(String servers, Path snapshots) {
        return Pipelines.config(servers, "corpus.", SOURCES, ROUNDS, snapshots);
    }
}
