package io.tributary.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/** Where a job without a checkpoint begins: text as it is told, orders with those to come, not with those of other jobs. */
final class FirstOffsets implements OffsetsInitializer {
    private static final long serialVersionUID = 1;

    private final OffsetsInitializer text;

    FirstOffsets(OffsetsInitializer text) {
        this.text = text;
    }

    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
            Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
        Predicate<TopicPartition> isControl = partition -> partition.topic().equals(ControlTopic.NAME);
        Map<TopicPartition, Long> offsets = new HashMap<>(text.getPartitionOffsets(
                partitions.stream().filter(isControl.negate()).toList(), retriever));
        offsets.putAll(
                retriever.endOffsets(partitions.stream().filter(isControl).toList()));
        return offsets;
    }

    // The enum that Kafka deprecates is still part of the interface.
    @Override
    @SuppressWarnings("deprecation")
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
        return text.getAutoOffsetResetStrategy();
    }
}
