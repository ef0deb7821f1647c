package io.tributary.ledger;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.KafkaRefusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads the topic of dead letters.
 *
 * <p>Beside the dead letters themselves ({@link DeadLetterSink}) it holds a mark for each that was sent again: a record
 * without a value whose header {@value #REPLAYED} is the partition and offset of the letter.
 *
 * @param kafka properties of a client, with the bootstrap servers
 */
public record DeadLetters(Map<String, String> kafka) {
    static final String REPLAYED = "replayed";

    private static final String TRUNCATED = "truncated";
    private static final int ANSWER_TIMEOUT_MS = 15_000;
    private static final Duration POLL = Duration.ofSeconds(1);

    public DeadLetters {
        kafka = Map.copyOf(kafka);
    }

    /**
     * One dead letter.
     *
     * @param partition of the topic of dead letters, and its {@code offset} there
     * @param topic it came from, with {@code originPartition}, {@code originOffset} and {@code time}
     * @param bytes of the value as it was read; empty for a tombstone
     * @param cut whether the topic holds only the beginning of the value
     * @param replayed whether it was sent again
     */
    public record Letter(
            int partition,
            long offset,
            String topic,
            int originPartition,
            long originOffset,
            Instant time,
            String stage,
            String reason,
            Optional<Long> bytes,
            boolean cut,
            boolean replayed) {
        /** Partition and offset, as marks and people name it. */
        public String id() {
            return id(partition, offset);
        }

        private static String id(int partition, long offset) {
            return partition + ":" + offset;
        }
    }

    /**
     * All letters that the topic holds now, in its order; their values are not kept.
     *
     * @throws IOException if Kafka does not let them be read, or there is no such topic
     */
    public List<Letter> list() throws IOException {
        List<Letter> letters = new ArrayList<>();
        Set<String> replayed = new HashSet<>();
        read((record, headers) -> {
            if (headers.containsKey(REPLAYED)) {
                replayed.add(headers.get(REPLAYED));
            } else {
                letters.add(letter(record, headers));
            }
        });
        return letters.stream()
                .map(letter -> replayed.contains(letter.id()) ? sentAgain(letter) : letter)
                .toList();
    }

    /** Calls with every record up to the end of the topic as it is now, and its headers as text. */
    void read(BiConsumer<ConsumerRecord<byte[], byte[]>, Map<String, String>> reader) throws IOException {
        String servers = String.valueOf(kafka.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG));
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_TIMEOUT_MS);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.putAll(kafka);
        // A replay that was broken off has sent nothing.
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(DeadLetterSink.TOPIC).stream()
                    .map(each -> new TopicPartition(each.topic(), each.partition()))
                    .toList();
            if (partitions.isEmpty()) {
                throw new Failure(
                        ErrorCode.TOPIC_MISSING,
                        "The Kafka at %s has no topic %s: no job has run there yet"
                                .formatted(servers, DeadLetterSink.TOPIC));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                consumer.poll(POLL).forEach(record -> reader.accept(record, headers(record)));
            }
        } catch (KafkaException e) {
            throw KafkaRefusal.of(
                    e,
                    servers,
                    "The topic %s of the Kafka at %s cannot be read: %s".formatted(DeadLetterSink.TOPIC, servers, e));
        }
    }

    static String id(ConsumerRecord<byte[], byte[]> record) {
        return Letter.id(record.partition(), record.offset());
    }

    private static Letter letter(ConsumerRecord<byte[], byte[]> record, Map<String, String> headers) {
        Optional<Long> held = Optional.ofNullable(record.value()).map(value -> (long) value.length);
        Optional<Long> whole = Optional.ofNullable(headers.get(TRUNCATED)).map(Long::parseLong);
        return new Letter(
                record.partition(),
                record.offset(),
                headers.getOrDefault("topic", ""),
                Integer.parseInt(headers.getOrDefault("partition", "-1")),
                Long.parseLong(headers.getOrDefault("offset", "-1")),
                Instant.ofEpochMilli(Long.parseLong(headers.getOrDefault("timestamp", "0"))),
                headers.getOrDefault("stage", ""),
                headers.getOrDefault("reason", ""),
                whole.or(() -> held),
                whole.isPresent(),
                false);
    }

    private static Letter sentAgain(Letter letter) {
        return new Letter(
                letter.partition(),
                letter.offset(),
                letter.topic(),
                letter.originPartition(),
                letter.originOffset(),
                letter.time(),
                letter.stage(),
                letter.reason(),
                letter.bytes(),
                letter.cut(),
                true);
    }

    private static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new HashMap<>();
        for (Header header : record.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        return headers;
    }
}
