package io.tributary.session;

import io.tributary.kafka.ControlTopic;
import io.tributary.kafka.KafkaRefusal;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Tells a running job what to do, through its control topic.
 *
 * @param kafka properties of a client, with the bootstrap servers
 */
public record Orders(Map<String, String> kafka) {
    private static final int ANSWER_LIMIT_MS = 15_000;

    public Orders {
        kafka = Map.copyOf(kafka);
    }

    /**
     * Sends an order, and returns when Kafka has it.
     *
     * @param order as {@link ControlTopic} writes it
     * @throws IOException if Kafka does not take it
     */
    public void send(byte[] order) throws IOException, InterruptedException {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, ANSWER_LIMIT_MS);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, ANSWER_LIMIT_MS);
        settings.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_LIMIT_MS / 3);
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        settings.putAll(kafka);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(ControlTopic.NAME, order)).get();
        } catch (ExecutionException e) {
            throw refused(e.getCause() == null ? e : e.getCause());
        } catch (KafkaException e) {
            throw refused(e);
        }
    }

    private IOException refused(Throwable cause) {
        String servers = String.valueOf(kafka.get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG));
        return KafkaRefusal.of(
                cause,
                servers,
                "The Kafka at %s did not take the order (topic %s): %s".formatted(servers, ControlTopic.NAME, cause));
    }
}
