package io.tributary.kafka;

import io.tributary.record.DeadLetter;
import io.tributary.record.Document;
import io.tributary.record.Ingested;
import io.tributary.record.IngestedFormat;
import io.tributary.record.Origin;
import io.tributary.record.SourceId;
import io.tributary.record.SourceKeys;
import io.tributary.record.WireType;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Makes one document of one Kafka record, or one dead letter with a reason that a person can act on. No record makes it
 * throw: one bad record must not stop the job, and every record must turn up in the token ledger.
 */
public final class CorpusDeserializer implements KafkaRecordDeserializationSchema<Ingested> {
    /** What a dead letter from here gives as its stage. */
    public static final String STAGE = "decode";

    /** Topics of sources are called {@code corpus.<source>}. */
    public static final String DEFAULT_PREFIX = "corpus.";

    /** 8 MiB. */
    public static final int DEFAULT_MAX_DOCUMENT_BYTES = 8 << 20;

    private static final long serialVersionUID = 1;

    private final String topicPrefix;
    private final Map<String, Integer> sourceKeys;
    private final boolean listedOnly;
    private final Map<String, ValueFormat> formats;
    private final int maxDocumentBytes;

    /**
     * Reads topics called {@code topicPrefix + source}.
     *
     * @param sources the configured sources by name
     * @param listedOnly whether text of any other source is refused; else it is placed by {@link SourceKeys#unlisted}
     * @param formats by name of the source; {@link ValueFormat#TEXT} where none is given
     * @param maxDocumentBytes longest value of a record that is taken
     */
    public CorpusDeserializer(
            String topicPrefix,
            Map<String, SourceId> sources,
            boolean listedOnly,
            Map<String, ValueFormat> formats,
            int maxDocumentBytes) {
        if (maxDocumentBytes < 1) {
            throw new IllegalArgumentException(
                    "The largest document must have at least one byte, not " + maxDocumentBytes);
        }
        this.topicPrefix = topicPrefix;
        this.sourceKeys =
                sources.values().stream().collect(Collectors.toUnmodifiableMap(SourceId::name, SourceId::key));
        this.listedOnly = listedOnly;
        this.formats = Map.copyOf(formats);
        this.maxDocumentBytes = maxDocumentBytes;
    }

    String topicPrefix() {
        return topicPrefix;
    }

    int maxDocumentBytes() {
        return maxDocumentBytes;
    }

    @Override
    public TypeInformation<Ingested> getProducedType() {
        return new WireType<>(new IngestedFormat());
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Ingested> out) {
        out.collect(ingest(record));
    }

    Ingested ingest(ConsumerRecord<byte[], byte[]> record) {
        Origin origin = new Origin(record.topic(), record.partition(), record.offset(), record.timestamp());
        // Kafka gives null for a tombstone.
        Optional<byte[]> value = Optional.ofNullable(record.value());
        if (record.topic().equals(ControlTopic.NAME)) {
            return order(origin, value);
        }
        Optional<SourceId> source = source(record.topic());
        try {
            SourceId known = allowed(source);
            return new Document(
                    known,
                    origin,
                    DocumentText.of(value, formats.getOrDefault(known.name(), ValueFormat.TEXT), maxDocumentBytes));
        } catch (RejectedDocumentException e) {
            return new DeadLetter(origin, source, STAGE, String.valueOf(e.getMessage()), value);
        }
    }

    private Ingested order(Origin origin, Optional<byte[]> value) {
        try {
            return ControlTopic.read(value.orElse(new byte[0]), this::named);
        } catch (RejectedDocumentException e) {
            return new DeadLetter(origin, Optional.empty(), ControlTopic.STAGE, String.valueOf(e.getMessage()), value);
        }
    }

    private Optional<SourceId> source(String topic) {
        boolean names = topic.startsWith(topicPrefix) && topic.length() > topicPrefix.length();
        return names ? Optional.of(named(topic.substring(topicPrefix.length()))) : Optional.empty();
    }

    private SourceId named(String name) {
        Integer key = sourceKeys.get(name);
        return key == null ? SourceKeys.unlisted(name) : new SourceId(name, key);
    }

    private SourceId allowed(Optional<SourceId> source) throws RejectedDocumentException {
        if (source.isEmpty()) {
            throw new RejectedDocumentException(
                    "The topic names no source: it is not '%s' with a name after it".formatted(topicPrefix));
        }
        if (listedOnly && !sourceKeys.containsKey(source.get().name())) {
            throw new RejectedDocumentException(
                    "The source '%s' is not listed, and one model is trained on the listed sources: %s"
                            .formatted(source.get(), new TreeSet<>(sourceKeys.keySet())));
        }
        return source.get();
    }
}
