package io.tributary.kafka;

import io.tributary.record.Report;
import io.tributary.record.Sample;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The topic of reports on rounds and that of samples: the name of the source as key, so that those of a source stay in
 * order, and {@link ReportJson} as value. Delivery is at least once: after a failure the report of a source and round may
 * come again.
 *
 * @param bootstrapServers as {@code host:port,...}
 * @param kafkaProperties any property of Kafka's producer
 */
public record ReportSink(String bootstrapServers, Map<String, String> kafkaProperties) {
    public static final String TOPIC = CorpusSource.OWN_TOPICS + "reports";
    public static final String SAMPLES = CorpusSource.OWN_TOPICS + "samples";

    public ReportSink {
        kafkaProperties = Map.copyOf(kafkaProperties);
    }

    public Sink<Report> sink() {
        Properties properties = ProducerDefaults.with(kafkaProperties);
        KafkaSink<Report> sink = KafkaSink.<Report>builder()
                .setKafkaProducerConfig(properties)
                .setBootstrapServers(bootstrapServers)
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .setRecordSerializer(new Serializer())
                .build();
        return new EndingSink<>(sink, bootstrapServers);
    }

    static final class Serializer implements KafkaRecordSerializationSchema<Report> {
        private static final long serialVersionUID = 1;

        @Override
        public ProducerRecord<byte[], byte[]> serialize(
                Report report, KafkaSinkContext context, @Nullable Long timestamp) {
            return record(report);
        }

        ProducerRecord<byte[], byte[]> record(Report report) {
            return new ProducerRecord<>(
                    report instanceof Sample ? SAMPLES : TOPIC,
                    report.source().getBytes(StandardCharsets.UTF_8),
                    ReportJson.write(report));
        }
    }
}
