package io.tributary.cli;

import io.tributary.config.JobDefaults;
import io.tributary.config.JobSettings;
import io.tributary.config.SettingsException;
import io.tributary.embedded.ClusterFolder;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.kafka.CorpusDeserializer;
import io.tributary.kafka.KafkaSecrets;
import io.tributary.kafka.ValueFormat;
import io.tributary.session.JobSummary;
import io.tributary.session.KeptSettings.Text;
import io.tributary.session.Orders;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import picocli.CommandLine.Option;

/** Which Kafka a command talks to: that of a cluster on this machine, unless another is named. */
final class KafkaOption {
    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT,...", description = "Another Kafka.")
    private Optional<String> servers = Optional.empty();

    @Option(
            names = "--kafka-properties",
            paramLabel = "FILE",
            description = "Properties of its clients, those of security for one, as Kafka's own tools take them.")
    private Optional<Path> properties = Optional.empty();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The settings of a job, for its Kafka, its topics and its largest document (default for a job:"
                            + " those that it was submitted with).")
    private Optional<Path> config = Optional.empty();

    /**
     * What a command has to know.
     *
     * @param properties of a client, with the bootstrap servers
     * @param topicPrefix of the topics of sources
     * @param maxDocumentBytes that the job takes
     * @param formats of the records of sources, by name
     */
    record Broker(
            Map<String, String> properties,
            String topicPrefix,
            int maxDocumentBytes,
            Map<String, ValueFormat> formats) {}

    /** What is wrong with the options, each in a sentence. */
    List<String> problems() {
        return properties.filter(file -> !Files.isReadable(file)).stream()
                .map(file -> "--kafka-properties: " + file + " cannot be read")
                .toList();
    }

    /**
     * For a command that needs no Flink. What Kafka's clients log goes to a file from now on.
     *
     * @param folder of a cluster on this machine, if there is one
     * @throws IOException if no Kafka is known, or a file cannot be used
     */
    Broker open(Path folder) throws IOException {
        // Before the first logger is made.
        Path log = Files.isDirectory(folder) ? new ClusterFolder(folder).clientLog() : UserState.file("client.log");
        System.setProperty("tributary.log", log.toString());
        return broker(ClusterOptions.kafkaIn(folder), Optional.empty());
    }

    /**
     * The Kafka of a cluster, whatever its jobs: properties of a client, with the bootstrap servers.
     *
     * @throws IOException if no Kafka is known, or a file cannot be used
     */
    Map<String, String> client(ClusterOptions cluster) throws IOException {
        return broker(cluster.kafka(), Optional.empty()).properties();
    }

    /**
     * A way to tell a job what to do.
     *
     * @throws IOException if no Kafka is known, or a file cannot be used
     */
    Orders orders(JobSummary job, ClusterOptions cluster) throws IOException {
        return new Orders(
                broker(cluster.kafka(), cluster.kept().of(job.id()).stream().findFirst())
                        .properties());
    }

    private Broker broker(Optional<String> local, Optional<Text> kept) throws IOException {
        Optional<JobSettings> settings = settings(servers.or(() -> local), kept);
        Map<String, String> client = new HashMap<>();
        settings.ifPresent(job -> client.putAll(job.kafka()));
        client.putAll(given());
        servers.ifPresent(named -> client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, named));
        if (!client.containsKey(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)) {
            client.put(
                    CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                    local.orElseThrow(
                            () -> new Failure(
                                    ErrorCode.KAFKA_UNKNOWN,
                                    "It is not known which Kafka is meant: start one with ./tributary cluster start, or name it with --bootstrap-servers, --kafka-properties or --config")));
        }
        return new Broker(
                KafkaSecrets.resolvable(client),
                settings.map(job -> job.pipeline().topicPrefix()).orElse(CorpusDeserializer.DEFAULT_PREFIX),
                settings.map(job -> job.pipeline().maxDocumentBytes())
                        .orElse(CorpusDeserializer.DEFAULT_MAX_DOCUMENT_BYTES),
                settings.map(job -> job.pipeline().formats()).orElse(Map.of()));
    }

    private Optional<JobSettings> settings(Optional<String> kafka, Optional<Text> kept) throws IOException {
        try {
            Optional<Text> text = config.isPresent() ? Optional.of(Text.of(config.get())) : kept;
            // Where snapshots go does not matter here.
            return text.isPresent()
                    ? Optional.of(text.get().parse(new JobDefaults(kafka, Optional.of("file:///"))))
                    : Optional.empty();
        } catch (SettingsException e) {
            String whose = config.map(Path::toString).orElse("The settings that the job was submitted with");
            throw new Failure(ErrorCode.SETTINGS, whose + ": " + e.getMessage(), e);
        }
    }

    private Map<String, String> given() throws IOException {
        Properties given = new Properties();
        if (properties.isPresent()) {
            try (Reader in = Files.newBufferedReader(properties.get())) {
                given.load(in);
            } catch (IllegalArgumentException e) {
                throw new Failure(
                        ErrorCode.KAFKA_PROPERTIES,
                        properties.get() + " is no file of properties: " + e.getMessage(),
                        e);
            }
        }
        Map<String, String> client = new HashMap<>();
        given.stringPropertyNames().forEach(name -> client.put(name, given.getProperty(name)));
        return client;
    }
}
