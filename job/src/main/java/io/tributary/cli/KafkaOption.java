package io.tributary.cli;

import io.tributary.config.JobDefaults;
import io.tributary.config.SettingsException;
import io.tributary.session.JobSummary;
import io.tributary.session.KeptSettings.Text;
import io.tributary.session.Orders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.CommonClientConfigs;
import picocli.CommandLine.Option;

/** Which Kafka a job is told through. */
final class KafkaOption {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The settings of the job, for its Kafka (default: those that it was submitted with, or the Kafka of the cluster).")
    private Optional<Path> config = Optional.empty();

    /**
     * The Kafka of a cluster, whatever its jobs: properties of a client, with the bootstrap servers.
     *
     * @throws IOException if no Kafka is known, or the settings cannot be used
     */
    Map<String, String> client(ClusterOptions cluster) throws IOException {
        if (config.isPresent()) {
            try {
                return Text.of(config.get()).parse(defaultsOrNone(cluster)).kafka();
            } catch (SettingsException e) {
                throw new IOException(e.getMessage(), e);
            }
        }
        return Map.of(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                cluster.defaults()
                        .bootstrapServers()
                        .orElseThrow(() -> new IOException(
                                "It is not known which Kafka to read: name the settings of a job with --config FILE")));
    }

    /** Settings that name their Kafka need no cluster in a folder. */
    private static JobDefaults defaultsOrNone(ClusterOptions cluster) {
        try {
            return cluster.defaults();
        } catch (IOException noCluster) {
            return JobDefaults.none();
        }
    }

    /**
     * A way to tell a job what to do.
     *
     * @throws IOException if no Kafka is known, or the settings cannot be used
     */
    Orders orders(JobSummary job, ClusterOptions cluster) throws IOException {
        try {
            if (config.isPresent()) {
                return new Orders(
                        Text.of(config.get()).parse(cluster.defaults()).kafka());
            }
            List<Text> kept = cluster.kept().of(job.id());
            if (!kept.isEmpty()) {
                return new Orders(kept.get(0).parse(cluster.defaults()).kafka());
            }
        } catch (SettingsException e) {
            throw new IOException("The settings of the job cannot be used: " + e.getMessage(), e);
        }
        return new Orders(Map.of(
                CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                cluster.defaults()
                        .bootstrapServers()
                        .orElseThrow(() -> new IOException(
                                "It is not known which Kafka the job %s reads: name its settings with --config FILE"
                                        .formatted(job.id())))));
    }
}
