package io.tributary.cli;

import io.tributary.config.JobDefaults;
import io.tributary.config.JobSettings;
import io.tributary.config.SettingsException;
import io.tributary.embedded.ClusterFolder;
import io.tributary.kafka.CorpusDeserializer;
import io.tributary.kafka.KafkaSecrets;
import io.tributary.kafka.ValueFormat;
import io.tributary.session.ClusterAddress;
import io.tributary.session.KeptSettings;
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

/** Which Kafka a command talks to that needs no job. */
final class BrokerOption {
    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            description = "Of the cluster on this machine whose Kafka is meant (default: ${DEFAULT-VALUE}).")
    Path folder = Path.of("runs", "cluster");

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
            description = "The settings of a job, for its Kafka, its topics and its largest document.")
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

    /**
     * Where Kafka is, and how to get in. What its clients log goes to a file from now on.
     *
     * @throws IOException if no Kafka is known, or a file cannot be used
     */
    Broker open() throws IOException {
        // Before the first logger is made.
        Path log = Files.isDirectory(folder) ? new ClusterFolder(folder).clientLog() : UserState.file("client.log");
        System.setProperty("tributary.log", log.toString());
        Optional<JobSettings> settings = settings();
        Map<String, String> client = new HashMap<>();
        settings.ifPresent(job -> client.putAll(job.kafka()));
        client.putAll(given());
        servers.ifPresent(named -> client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, named));
        if (!client.containsKey(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)) {
            client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, local());
        }
        return new Broker(
                KafkaSecrets.resolvable(client),
                settings.map(job -> job.pipeline().topicPrefix()).orElse(CorpusDeserializer.DEFAULT_PREFIX),
                settings.map(job -> job.pipeline().maxDocumentBytes())
                        .orElse(CorpusDeserializer.DEFAULT_MAX_DOCUMENT_BYTES),
                settings.map(job -> job.pipeline().formats()).orElse(Map.of()));
    }

    private Optional<JobSettings> settings() throws IOException {
        if (config.isEmpty()) {
            return Optional.empty();
        }
        try {
            Optional<String> kafka = servers.isPresent() ? servers : cluster().flatMap(ClusterAddress::kafka);
            // Where snapshots go does not matter here.
            var defaults = new JobDefaults(kafka, Optional.of("file:///"));
            return Optional.of(KeptSettings.Text.of(config.get()).parse(defaults));
        } catch (SettingsException e) {
            throw new IOException(config.get() + ": " + e.getMessage(), e);
        }
    }

    private Map<String, String> given() throws IOException {
        Properties given = new Properties();
        if (properties.isPresent()) {
            try (Reader in = Files.newBufferedReader(properties.get())) {
                given.load(in);
            } catch (IllegalArgumentException e) {
                throw new IOException(properties.get() + " is no file of properties: " + e.getMessage(), e);
            }
        }
        Map<String, String> client = new HashMap<>();
        given.stringPropertyNames().forEach(name -> client.put(name, given.getProperty(name)));
        return client;
    }

    private String local() throws IOException {
        return cluster()
                .flatMap(ClusterAddress::kafka)
                .orElseThrow(
                        () -> new IOException(
                                "It is not known which Kafka is meant: start one with ./tributary cluster start, or name it with --bootstrap-servers, --kafka-properties or --config"));
    }

    private Optional<ClusterAddress> cluster() throws IOException {
        return Files.exists(new ClusterFolder(folder).state())
                ? Optional.of(ClusterAddress.in(folder))
                : Optional.empty();
    }

    /** What is wrong with the options, each in a sentence. */
    List<String> problems() {
        return properties.filter(file -> !Files.isReadable(file)).stream()
                .map(file -> "--kafka-properties: " + file + " cannot be read")
                .toList();
    }
}
