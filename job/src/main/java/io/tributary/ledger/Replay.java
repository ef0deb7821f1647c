package io.tributary.ledger;

import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.KafkaRefusal;
import io.tributary.ledger.DeadLetters.Letter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends dead letters again. Each goes with its mark in one transaction, so that a replay which is broken off, or done
 * twice, sends none twice and loses none.
 *
 * @param letters of which some are sent
 * @param to the topic for all of them; where each came from if it is empty
 */
public record Replay(DeadLetters letters, Optional<String> to) {
    /** A second replay at the same time ends the first. */
    private static final String TRANSACTIONAL_ID = "tributary-dead-letters-replay";

    /** Of a record that was sent again: where it stands in the topic of dead letters. */
    private static final String ORIGIN = "replayed-from";

    private static final int TRANSACTION_RECORDS = 200;
    private static final int ANSWER_TIMEOUT_MS = 30_000;
    private static final int MAX_REQUEST_BYTES = 256 << 20;

    /** Whether a letter can be sent again: it is whole, is text, and was not sent before. */
    public static boolean possible(Letter letter) {
        return !letter.replayed() && hindrance(letter).isEmpty();
    }

    /** Why a letter can never be sent again; empty if it can. */
    public static Optional<String> hindrance(Letter letter) {
        if (letter.cut()) {
            return Optional.of("its value was cut: the whole record is at offset %d of %s-%d, if that still holds it"
                    .formatted(letter.originOffset(), letter.topic(), letter.originPartition()));
        }
        if (letter.bytes().isEmpty()) {
            return Optional.of("it has no value");
        }
        return letter.topic().isEmpty() || letter.stage().equals("control")
                ? Optional.of("it is no text of a source")
                : Optional.empty();
    }

    /**
     * Sends those that are chosen and possible.
     *
     * @return how many
     * @throws IOException if Kafka refuses; then those that were sent are marked
     */
    public int send(Predicate<Letter> chosen) throws IOException {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, ANSWER_TIMEOUT_MS);
        settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) MAX_REQUEST_BYTES);
        settings.putAll(letters.kafka());
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TRANSACTIONAL_ID);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            // Before the topic is read: another replay can send nothing from here on.
            producer.initTransactions();
            Map<String, Letter> left = letters.list().stream()
                    .filter(chosen)
                    .filter(Replay::possible)
                    .collect(Collectors.toMap(Letter::id, letter -> letter));
            checkTopics(producer, left.values());
            return send(producer, left);
        } catch (KafkaException e) {
            String servers = String.valueOf(letters.kafka().get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG));
            throw KafkaRefusal.of(
                    e, servers, "Not all letters could be sent again to the Kafka at %s: %s".formatted(servers, e));
        }
    }

    /** Asked for first: a topic that is gone would hold up a transaction. */
    private void checkTopics(KafkaProducer<byte[], byte[]> producer, Iterable<Letter> chosen) {
        Set<String> topics = new TreeSet<>();
        chosen.forEach(letter -> topics.add(to.orElse(letter.topic())));
        topics.forEach(producer::partitionsFor);
    }

    private int send(KafkaProducer<byte[], byte[]> producer, Map<String, Letter> left) throws IOException {
        AtomicInteger sent = new AtomicInteger();
        letters.read((record, headers) -> {
            Letter letter = left.get(DeadLetters.id(record));
            if (letter == null) {
                return;
            }
            if (sent.get() % TRANSACTION_RECORDS == 0) {
                producer.beginTransaction();
            }
            var unused = producer.send(again(record, letter));
            unused = producer.send(mark(letter));
            if (sent.incrementAndGet() % TRANSACTION_RECORDS == 0) {
                producer.commitTransaction();
            }
        });
        if (sent.get() % TRANSACTION_RECORDS != 0) {
            producer.commitTransaction();
        }
        return sent.get();
    }

    private ProducerRecord<byte[], byte[]> again(ConsumerRecord<byte[], byte[]> record, Letter letter) {
        ProducerRecord<byte[], byte[]> again = new ProducerRecord<>(to.orElse(letter.topic()), record.value());
        again.headers().add(ORIGIN, bytes(DeadLetterSink.TOPIC + "-" + letter.id()));
        return again;
    }

    private static ProducerRecord<byte[], byte[]> mark(Letter letter) {
        ProducerRecord<byte[], byte[]> mark = new ProducerRecord<>(DeadLetterSink.TOPIC, null);
        mark.headers().add(DeadLetters.REPLAYED, bytes(letter.id()));
        return mark;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
