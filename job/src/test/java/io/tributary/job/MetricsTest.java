package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.embedded.EmbeddedFlink;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.flow.Metric;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus sees of a job, by the reporter that a cluster on this machine has. */
class MetricsTest {
    private static final String SCOPE = "flink_taskmanager_job_task_operator_";
    private static final List<String> SOURCES = List.of("de-wiki", "en");

    @TempDir
    private Path folder;

    @Test
    void prometheusSeesEveryMetricOfARunningJobAndEverySource() throws Exception {
        int port = freePort();
        Configuration reporter = new Configuration();
        reporter.setString(
                "metrics.reporter.prometheus.factory.class",
                "org.apache.flink.metrics.prometheus.LoopbackPrometheusReporterFactory");
        reporter.setString("metrics.reporter.prometheus.port", String.valueOf(port));
        reporter.setString("metrics.reporter.prometheus.filterLabelValueCharacters", "false");
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
                EmbeddedFlink flink = EmbeddedFlink.start(2, 0, folder.resolve("flink"), reporter)) {
            String servers = kafka.bootstrapServers();
            Pipelines.createTopics(servers, "", List.of(ReportSink.TOPIC, DeadLetterSink.TOPIC));
            Pipelines.createTopics(servers, "m.", SOURCES);
            Pipelines.send(servers, List.of(new ProducerRecord<>("m.en", new byte[] {'a', (byte) 0xff})));
            SOURCES.forEach(source -> Pipelines.feed(servers, "m.", source, 200));
            Path snapshots = folder.resolve("snapshots");
            JobClient job = flink.submit(Cluster.graph(Pipelines.config(servers, "m.", SOURCES, 3, snapshots), 2));
            Cluster.awaitSnapshot(snapshots, 3, job);

            Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(scrape(port))
                    .containsPattern(sample("source_round", "de-wiki", "2.0"))
                    .containsPattern(sample("source_round", "en", "2.0")));
            String seen = scrape(port);
            assertThat(names(seen))
                    .isEqualTo(Arrays.stream(Metric.values())
                            .map(metric -> SCOPE + metric.id().replace('.', '_'))
                            .collect(Collectors.toCollection(TreeSet::new)));
            assertThat(seen)
                    .containsPattern(sample("source_full_rounds", "en", "3.0"))
                    .containsPattern(sample("source_tokens", "en", "576.0"))
                    .containsPattern(sample("source_dead_letters", "en", "1.0"))
                    .containsPattern(sample("source_active", "de-wiki", "1.0"))
                    .containsPattern(sample("source_bits_per_byte", "de-wiki", "[0-9.]+"))
                    .containsPattern(sample("source_learning_rate", "de-wiki", "[0-9.E-]+"))
                    .containsPattern("tributary_outer_round\\{[^}]*\\} 3.0");
        }
    }

    private static Pattern sample(String name, String source, String value) {
        return Pattern.compile(
                "(?m)^" + SCOPE + "tributary_" + name + "\\{[^}]*source=\"" + source + "\",[^}]*\\} " + value + "$");
    }

    private static Set<String> names(String scraped) {
        return Pattern.compile("(?m)^\\w*_tributary_\\w+")
                .matcher(scraped)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String scrape(int port) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/metrics".formatted(port)))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
