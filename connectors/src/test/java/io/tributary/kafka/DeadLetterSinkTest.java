package io.tributary.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tributary.record.DeadLetter;
import io.tributary.record.Origin;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;

class DeadLetterSinkTest {
    private static final Origin ORIGIN = new Origin("corpus.arxiv", 3, 99, 1234);
    private static final int MAX_BYTES = 100_000;

    private final DeadLetterSerializer serializer = new DeadLetterSerializer(MAX_BYTES);

    @Test
    void headersSayWhereItCameFromAndWhy() {
        ProducerRecord<byte[], byte[]> record = serializer.record(letter("nicht gültig", new byte[] {1, 2}));

        assertThat(record.topic()).isEqualTo("tributary.dead-letters");
        assertThat(record.key()).isNull();
        assertThat(record.value()).containsExactly(1, 2);
        assertThat(record.headers())
                .extracting(Header::key, header -> text(header.value()))
                .containsExactly(
                        tuple("topic", "corpus.arxiv"),
                        tuple("partition", "3"),
                        tuple("offset", "99"),
                        tuple("timestamp", "1234"),
                        tuple("stage", "decode"),
                        tuple("reason", "nicht gültig"));
    }

    @Test
    void tombstoneStaysNull() {
        DeadLetter tombstone = new DeadLetter(ORIGIN, Optional.empty(), "decode", "null", Optional.empty());

        assertThat(serializer.record(tombstone).value()).isNull();
    }

    @Test
    void valueThatDoesNotFitIsCutAndItsLengthKept() {
        byte[] value = new byte[50_000_000];
        new Random(1).nextBytes(value);

        ProducerRecord<byte[], byte[]> record = serializer.record(letter("too large", value));

        assertThat(text(record.headers().lastHeader("truncated").value())).isEqualTo("50000000");
        assertThat(record.value()).hasSizeBetween(MAX_BYTES - 1000, MAX_BYTES);
        assertThat(Arrays.equals(record.value(), Arrays.copyOf(value, record.value().length)))
                .isTrue();
    }

    @Test
    void reasonThatQuotesAWholeDocumentIsShortened() {
        ProducerRecord<byte[], byte[]> record = serializer.record(letter("x".repeat(1_000_000), new byte[10]));

        assertThat(record.headers().lastHeader("reason").value()).hasSize(2000);
        assertThat(record.headers().lastHeader("truncated")).isNull();
    }

    @Test
    void producerHasRoomForTheLargestRecord() {
        DeadLetterSink large = new DeadLetterSink("127.0.0.1:1", 60_000_000, Map.of("linger.ms", "7"));

        assertThat(large.properties())
                .containsEntry("max.request.size", "60000000")
                .containsEntry("buffer.memory", "120000000")
                .containsEntry("linger.ms", "7");
        assertThatThrownBy(() -> new DeadLetterSink("127.0.0.1:1", 100, Map.of()))
                .hasMessageContaining("at least 16384 bytes, not 100");
    }

    private static DeadLetter letter(String reason, byte[] value) {
        return new DeadLetter(ORIGIN, Optional.empty(), "decode", reason, Optional.of(value));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
