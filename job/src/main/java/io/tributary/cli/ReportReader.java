package io.tributary.cli;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.kafka.ReportJson;
import io.tributary.kafka.ReportSink;
import io.tributary.record.Report;
import io.tributary.record.RoundReport;
import io.tributary.record.Sample;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the reports of a job, of one kind, from their beginning. Used by one thread. */
final class ReportReader<R extends Report> implements AutoCloseable {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final TopicPartition partition;
    private final Parser<R> parser;
    private final String servers;

    private interface Parser<R> {
        R read(byte[] json) throws IOException;
    }

    private ReportReader(Map<String, String> kafka, String topic, Parser<R> parser) {
        this.partition = new TopicPartition(topic, 0);
        this.parser = parser;
        Map<String, Object> settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        servers = String.valueOf(kafka.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG));
        consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
    }

    static ReportReader<RoundReport> ofRounds(String bootstrapServers) {
        return ofRounds(client(bootstrapServers));
    }

    /**
     * Starts at the first report.
     *
     * @param kafka properties of a client, with the bootstrap servers
     */
    static ReportReader<RoundReport> ofRounds(Map<String, String> kafka) {
        return new ReportReader<>(kafka, ReportSink.TOPIC, ReportJson::read);
    }

    /** The same of what models have written. */
    static ReportReader<Sample> ofSamples(Map<String, String> kafka) {
        return new ReportReader<>(kafka, ReportSink.SAMPLES, ReportJson::readSample);
    }

    static Map<String, String> client(String bootstrapServers) {
        return Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    }

    /**
     * Returns once Kafka has answered.
     *
     * @throws IOException if it does not
     */
    void checkAnswers() throws IOException {
        try {
            consumer.listTopics(ANSWER_LIMIT);
        } catch (TimeoutException e) {
            throw new Failure(
                    ErrorCode.KAFKA_SILENT,
                    "The Kafka at %s does not answer: is it running, and is this its address?".formatted(servers),
                    e);
        }
    }

    /** A report and its time in Kafka. */
    record Received<R>(R report, Instant at) {}

    /**
     * The reports that have come in since the last call.
     *
     * @param wait how long to wait for the first
     * @throws IOException if a record is no report
     */
    List<Received<R>> poll(Duration wait) throws IOException {
        List<Received<R>> reports = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
            reports.add(new Received<>(parser.read(record.value()), Instant.ofEpochMilli(record.timestamp())));
        }
        return reports;
    }

    /** Leaves out what came before a moment; before anything is read. */
    void skipTo(Instant moment) {
        consumer.offsetsForTimes(Map.of(partition, moment.toEpochMilli())).forEach((ignored, found) -> {
            if (found == null) {
                consumer.seekToEnd(List.of(partition));
            } else {
                consumer.seek(partition, found.offset());
            }
        });
    }

    /** Whether all is read that was there when this was asked. */
    boolean atEnd() {
        return consumer.position(partition)
                >= consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
