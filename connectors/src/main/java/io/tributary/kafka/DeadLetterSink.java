package io.tributary.kafka;

import io.tributary.record.DeadLetter;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The dead-letter topic: the raw bytes of each record that could not train, its origin, stage and reason in headers.
 *
 * <p>Headers are strings in UTF-8: {@code topic}, {@code partition}, {@code offset}, {@code timestamp} (milliseconds),
 * {@code stage}, {@code reason}. A tombstone keeps its null value. Delivery is at least once: after a failure a dead
 * letter may come again, with the same topic, partition and offset.
 *
 * <p>A record larger than the topic takes would be refused by the broker and stop the job. So a value that does not fit
 * into {@code maxRecordBytes} is cut, and the header {@code truncated} gives its original length; the whole value is
 * still in its own topic. To keep values whole, give the dead-letter topic the {@code max.message.bytes} of the largest
 * corpus topic and set the same number here.
 *
 * @param bootstrapServers as {@code host:port,...}
 * @param maxRecordBytes what the topic takes, its {@code max.message.bytes}
 * @param kafkaProperties any property of Kafka's producer; they win over those chosen here
 */
public record DeadLetterSink(String bootstrapServers, int maxRecordBytes, Map<String, String> kafkaProperties) {
    public static final String TOPIC = CorpusSource.OWN_TOPICS + "dead-letters";

    /** What a topic takes unless it or its broker says otherwise: 1 MiB and the framing of a batch. */
    public static final int DEFAULT_MAX_RECORD_BYTES = (1 << 20) + 12;

    /** The headers always fit. */
    private static final int LEAST_MAX_RECORD_BYTES = 16 << 10;

    private static final long DEFAULT_BUFFER_MEMORY_BYTES = 32L << 20;

    public DeadLetterSink {
        if (maxRecordBytes < LEAST_MAX_RECORD_BYTES) {
            throw new IllegalArgumentException("The largest dead letter must have at least %d bytes, not %d"
                    .formatted(LEAST_MAX_RECORD_BYTES, maxRecordBytes));
        }
        kafkaProperties = Map.copyOf(kafkaProperties);
    }

    public Sink<DeadLetter> sink() {
        KafkaSink<DeadLetter> sink = KafkaSink.<DeadLetter>builder()
                .setKafkaProducerConfig(properties())
                .setBootstrapServers(bootstrapServers)
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(new DeadLetterSerializer(maxRecordBytes))
                .build();
        return new EndingSink<>(sink, bootstrapServers);
    }

    /** The producer refuses a record above either of these by itself, before the broker sees it. */
    Properties properties() {
        Properties properties = ProducerDefaults.with(Map.of());
        properties.put(
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                String.valueOf(Math.max(DEFAULT_MAX_RECORD_BYTES, maxRecordBytes)));
        properties.put(
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                String.valueOf(Math.max(DEFAULT_BUFFER_MEMORY_BYTES, 2L * maxRecordBytes)));
        properties.putAll(kafkaProperties);
        return properties;
    }
}
