package io.tributary.kafka;

import io.tributary.record.DeadLetter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/** Writes a dead letter as its raw bytes, with where it came from and why it is dead in the headers. */
final class DeadLetterSerializer implements KafkaRecordSerializationSchema<DeadLetter> {
    private static final long serialVersionUID = 1;

    /** A reason is a sentence; a stage that quotes the document in it must not fill the record. */
    private static final int MAX_REASON_CHARS = 2000;

    /** Framing of a batch with one record, 61 + 32 bytes at most, rounded up. */
    private static final int FRAMING_BYTES = 128;

    /** Two lengths of up to five bytes each. */
    private static final int FRAMING_BYTES_PER_HEADER = 10;

    private final int maxRecordBytes;

    DeadLetterSerializer(int maxRecordBytes) {
        this.maxRecordBytes = maxRecordBytes;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            DeadLetter letter, KafkaSinkContext context, @Nullable Long timestamp) {
        return record(letter);
    }

    ProducerRecord<byte[], byte[]> record(DeadLetter letter) {
        Headers headers = headers(letter);
        byte[] value = letter.value().orElse(null);
        if (value != null && value.length > room(headers)) {
            add(headers, "truncated", String.valueOf(value.length));
            value = Arrays.copyOf(value, room(headers));
        }
        return new ProducerRecord<>(DeadLetterSink.TOPIC, null, null, null, value, headers);
    }

    private static Headers headers(DeadLetter letter) {
        Headers headers = new RecordHeaders();
        add(headers, "topic", letter.origin().topic());
        add(headers, "partition", String.valueOf(letter.origin().partition()));
        add(headers, "offset", String.valueOf(letter.origin().offset()));
        add(headers, "timestamp", String.valueOf(letter.origin().timestampMs()));
        add(headers, "stage", letter.stage());
        String reason = letter.reason();
        add(headers, "reason", reason.substring(0, Math.min(reason.length(), MAX_REASON_CHARS)));
        return headers;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private int room(Headers headers) {
        int bytes = maxRecordBytes - FRAMING_BYTES;
        for (Header header : headers) {
            bytes -= header.key().length() + header.value().length + FRAMING_BYTES_PER_HEADER;
        }
        return bytes;
    }
}
