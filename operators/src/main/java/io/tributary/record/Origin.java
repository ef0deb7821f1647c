package io.tributary.record;

/**
 * Where in Kafka a record came from.
 *
 * @param timestampMs the record's timestamp, milliseconds since the epoch
 */
public record Origin(String topic, int partition, long offset, long timestampMs) {
    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
