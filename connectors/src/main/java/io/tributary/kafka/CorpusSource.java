package io.tributary.kafka;

import io.tributary.record.Ingested;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.base.source.reader.SourceReaderOptions;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceOptions;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;

/**
 * How the corpus is read from Kafka: every topic with the prefix, also those that are created later.
 *
 * <p>A document reaches the job only if its topic takes it ({@code max.message.bytes}, 1 MiB unless the broker says
 * otherwise): to have a document of 50 MB, even as a dead letter, raise the limit of its topic.
 *
 * @param bootstrapServers as {@code host:port,...}
 * @param groupId under which progress is shown in Kafka; the job's own offsets are in its checkpoints
 * @param start where the job begins when it starts without a checkpoint
 * @param discoveryInterval how often new topics and partitions are looked for
 * @param kafkaProperties any property of Kafka's consumer; they win over those chosen here
 */
public record CorpusSource(
        String bootstrapServers,
        String groupId,
        Start start,
        Duration discoveryInterval,
        Map<String, String> kafkaProperties) {
    /** Topics that begin so are the job's own output. */
    static final String OWN_TOPICS = "tributary.";

    /** How long a broker may be gone before the job fails, to begin again from its last checkpoint; Kafka's own is 1 min. */
    static final Duration BROKER_PATIENCE = Duration.ofMinutes(10);

    /** Room for a record's key and headers and the framing of its batch, beside the document. */
    private static final int RECORD_OVERHEAD_BYTES = 64 << 10;

    private static final int POLL_RECORDS = 100;

    /** Where a job without a checkpoint begins. Partitions found while it runs are read from their beginning. */
    public enum Start {
        /** The beginning of every partition. */
        EARLIEST,
        /** What the group has committed to Kafka, or the beginning where it has not. */
        COMMITTED
    }

    public CorpusSource {
        if (bootstrapServers.isBlank() || groupId.isBlank()) {
            throw new IllegalArgumentException("Reading from Kafka needs bootstrap servers and a group id");
        }
        if (discoveryInterval.isNegative() || discoveryInterval.isZero()) {
            throw new IllegalArgumentException(
                    "The interval between looking for new topics must be positive, not " + discoveryInterval);
        }
        kafkaProperties = Map.copyOf(kafkaProperties);
    }

    /**
     * The Flink source, which reads a source no further while the job has enough of it. Its stream needs no watermark
     * strategy, since rounds are event time and Train makes them.
     *
     * @param loop as in {@link io.tributary.flow.HandOver.Place}
     */
    public Source<Ingested, ?, ?> with(CorpusDeserializer deserializer, String loop) {
        KafkaSource<Ingested> source = KafkaSource.<Ingested>builder()
                .setProperties(properties(deserializer.maxDocumentBytes()))
                .setBootstrapServers(bootstrapServers)
                .setGroupId(groupId)
                .setTopicPattern(topics(deserializer.topicPrefix()))
                .setStartingOffsets(startingOffsets())
                .setDeserializer(deserializer)
                .build();
        return new PacedSource(source, deserializer.topicPrefix(), loop, bootstrapServers);
    }

    /**
     * Matches the control topic and the topics of sources, whatever the prefix never the job's own output nor Kafka's
     * internal topics: a job
     * that reads its own dead letters would never come to rest.
     */
    static Pattern topics(String prefix) {
        if (prefix.isBlank() || prefix.startsWith(OWN_TOPICS)) {
            throw new IllegalArgumentException(
                    "The prefix of the corpus topics must not be blank nor begin with '%s', the job's own output: '%s'"
                            .formatted(OWN_TOPICS, prefix));
        }
        return Pattern.compile(Pattern.quote(ControlTopic.NAME) + "|(?!__)(?!" + Pattern.quote(OWN_TOPICS) + ")"
                + Pattern.quote(prefix) + ".+");
    }

    /**
     * One fetch takes the largest document, or memory would depend on Kafka's rule that a first record may always pass.
     * Aborted transactions are not text.
     */
    Properties properties(int maxDocumentBytes) {
        int perPartition = Math.max(
                ConsumerConfig.DEFAULT_MAX_PARTITION_FETCH_BYTES,
                Math.addExact(maxDocumentBytes, RECORD_OVERHEAD_BYTES));
        Properties properties = new Properties();
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, String.valueOf(perPartition));
        properties.put(
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                String.valueOf(Math.max(ConsumerConfig.DEFAULT_FETCH_MAX_BYTES, perPartition)));
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(
                KafkaSourceOptions.PARTITION_DISCOVERY_INTERVAL_MS.key(), String.valueOf(discoveryInterval.toMillis()));
        // What has been fetched when a source is satisfied still comes: a few polls of so many documents.
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, String.valueOf(POLL_RECORDS));
        properties.put(SourceReaderOptions.ELEMENT_QUEUE_CAPACITY.key(), "1");
        // The list of topics is asked for again and again; a broker that is gone for some minutes should fail nobody.
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, String.valueOf(BROKER_PATIENCE.toMillis()));
        properties.putAll(kafkaProperties);
        return properties;
    }

    // Flink's own signature still asks for the enum that Kafka deprecates.
    @SuppressWarnings("deprecation")
    private OffsetsInitializer startingOffsets() {
        return new FirstOffsets(
                switch (start) {
                    case EARLIEST -> OffsetsInitializer.earliest();
                    case COMMITTED -> OffsetsInitializer.committedOffsets(OffsetResetStrategy.EARLIEST);
                });
    }
}
