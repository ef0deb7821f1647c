package io.tributary.kafka;

import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.ProducerConfig;

/** What the producers of all sinks have in common. */
final class ProducerDefaults {
    private ProducerDefaults() {}

    /**
     * Properties of a producer that waits for its broker as long as the reader does. A record that waits holds up the next
     * checkpoint, and loses nothing.
     *
     * @param own properties, which win
     */
    static Properties with(Map<String, String> own) {
        String patience = String.valueOf(CorpusSource.BROKER_PATIENCE.toMillis());
        Properties properties = new Properties();
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, patience);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, patience);
        properties.putAll(own);
        return properties;
    }
}
