package io.tributary.cli;

import io.tributary.kafka.ReportJson;
import io.tributary.kafka.ReportSink;
import io.tributary.record.RoundReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the reports of a job from their beginning. Used by one thread. */
final class ReportReader implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;

    ReportReader(String bootstrapServers) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed");
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        TopicPartition partition = new TopicPartition(ReportSink.TOPIC, 0);
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
    }

    /**
     * The reports that have come in since the last call.
     *
     * @param wait how long to wait for the first
     * @throws IOException if a record is no report
     */
    List<RoundReport> poll(Duration wait) throws IOException {
        List<RoundReport> reports = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
            reports.add(ReportJson.read(record.value()));
        }
        return reports;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
