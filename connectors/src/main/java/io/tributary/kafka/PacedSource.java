package io.tributary.kafka;

import io.tributary.record.Ingested;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A Kafka source whose readers pause the topic of a source while the job has enough of it ({@link PacedReader}). Without
 * that, one source that comes faster than it trains would fill the pipe, hold up the others, and end their rounds by
 * timeout. And where Kafka turns the job away ({@link KafkaRefusal}), it ends the job. All else, and all state, is the
 * Kafka source's.
 */
final class PacedSource
        implements Source<Ingested, KafkaPartitionSplit, KafkaSourceEnumState>, ResultTypeQueryable<Ingested> {
    private static final long serialVersionUID = 1;

    private final KafkaSource<Ingested> kafka;
    private final String topicPrefix;
    private final String loop;
    private final String servers;

    PacedSource(KafkaSource<Ingested> kafka, String topicPrefix, String loop, String servers) {
        this.kafka = kafka;
        this.topicPrefix = topicPrefix;
        this.loop = loop;
        this.servers = servers;
    }

    @Override
    public SourceReader<Ingested, KafkaPartitionSplit> createReader(SourceReaderContext context) throws Exception {
        return new PacedReader(kafka.createReader(context), topicPrefix, loop, context.getIndexOfSubtask(), servers);
    }

    @Override
    public Boundedness getBoundedness() {
        return kafka.getBoundedness();
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return kafka.createEnumerator(new EndingEnumeratorContext<>(context, servers));
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state) throws Exception {
        return kafka.restoreEnumerator(new EndingEnumeratorContext<>(context, servers), state);
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return kafka.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return kafka.getEnumeratorCheckpointSerializer();
    }

    @Override
    public TypeInformation<Ingested> getProducedType() {
        return kafka.getProducedType();
    }
}
