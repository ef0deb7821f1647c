package io.tributary.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Optional;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.junit.jupiter.api.Test;

class IngestedFormatTest {
    private static final Origin ORIGIN = new Origin("corpus.arxiv", 3, 1L << 40, 1_700_000_000_123L);

    private final IngestedFormat format = new IngestedFormat();

    @Test
    void documentComesBackEqual() throws IOException {
        Document document = new Document(new SourceId("arxiv", -7), ORIGIN, "Zürich \uD83D\uDE00 \0 end");

        assertThat(WireRoundTrip.through(format, document)).isEqualTo(document);
    }

    @Test
    void documentMayBeLongerThanModifiedUtfAllows() throws IOException {
        Document document = new Document(new SourceId("arxiv", 1), ORIGIN, "é".repeat(100_000));

        assertThat(WireRoundTrip.through(format, document)).isEqualTo(document);
    }

    @Test
    void deadLetterKeepsItsRawBytes() throws IOException {
        byte[] value = {0, -1, 'x'};
        DeadLetter letter =
                new DeadLetter(ORIGIN, Optional.empty(), "decode", "not UTF-8 at byte 1", Optional.of(value));

        DeadLetter read = (DeadLetter) WireRoundTrip.through(format, letter);

        assertThat(read.origin()).isEqualTo(ORIGIN);
        assertThat(read.stage()).isEqualTo("decode");
        assertThat(read.reason()).isEqualTo("not UTF-8 at byte 1");
        assertThat(read.value()).get().isEqualTo(value);
    }

    @Test
    void tombstoneIsNotAnEmptyValue() throws IOException {
        DeadLetterFormat letters = new DeadLetterFormat();
        DeadLetter tombstone = new DeadLetter(ORIGIN, Optional.empty(), "decode", "null", Optional.empty());
        DeadLetter empty = new DeadLetter(ORIGIN, Optional.empty(), "decode", "empty", Optional.of(new byte[0]));

        assertThat(WireRoundTrip.through(letters, tombstone).value()).isEmpty();
        assertThat(WireRoundTrip.through(letters, empty).value()).get().isEqualTo(new byte[0]);
    }

    @Test
    void unknownTagIsNamed() {
        assertThatThrownBy(() -> format.read(1, new DataInputDeserializer(new byte[] {9})))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tag 9");
    }
}
