package io.tributary.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.Control;
import io.tributary.record.DeadLetter;
import io.tributary.record.SourceId;
import io.tributary.record.SourceKeys;
import io.tributary.record.Standing;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ControlTopicTest {
    private static final SourceId GERMAN = new SourceId("de", 312);

    private final CorpusDeserializer deserializer =
            new CorpusDeserializer("corpus.", Map.of("de", GERMAN), false, Map.of(), 1000);

    @Test
    void anOrderIsReadAsItIsWritten() {
        assertThat(ingest(ControlTopic.place("pause", "de", "")))
                .isEqualTo(new Control.Place("", GERMAN, Standing.PAUSED));
        assertThat(ingest(ControlTopic.place("resume", "fr", "a1")))
                .isEqualTo(new Control.Place("a1", SourceKeys.unlisted("fr"), Standing.ACTIVE));
        assertThat(ingest(ControlTopic.place("retire", "de", "a1")))
                .isEqualTo(new Control.Place("a1", GERMAN, Standing.RETIRED));
        assertThat(ingest(ControlTopic.hold(true, "a1"))).isEqualTo(new Control.Hold("a1", true));
        assertThat(ingest(ControlTopic.hold(false, ""))).isEqualTo(new Control.Hold("", false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense | not JSON",
                "[] | no string 'order'",
                "{\"order\": \"stop\"} | is no order: there are [pause, resume, retire], hold and release",
                "{\"order\": \"pause\"} | no string 'source'",
                "{\"order\": \"pause\", \"source\": \" \"} | names no source",
                "{\"order\": \"hold\", \"job\": 3} | no string 'job'"
            })
    void whatIsNoOrderBecomesADeadLetterThatSaysWhy(String value, String reason) {
        assertThat(ingest(value.getBytes(StandardCharsets.UTF_8))).isInstanceOfSatisfying(DeadLetter.class, letter -> {
            assertThat(letter.stage()).isEqualTo("control");
            assertThat(letter.reason()).contains(reason);
            assertThat(letter.source()).isEmpty();
        });
    }

    @Test
    void aNameThatIsLongerThanThatOfAnyTopicBecomesADeadLetter() {
        for (String name : List.of("order", "source", "job")) {
            String value =
                    "{\"order\": \"pause\", \"source\": \"de\", \"%s\": \"%s\"}".formatted(name, "x".repeat(70_000));
            assertThat(ingest(value.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOfSatisfying(DeadLetter.class, letter -> assertThat(letter.reason())
                            .contains("The '" + name + "' of the order has 70,000 characters"));
        }
    }

    @Test
    void onlyWhatASourceCanBeToldIsWritten() {
        assertThatThrownBy(() -> ControlTopic.place("stop", "de", "")).hasMessageContaining("[pause, resume, retire]");
    }

    private Object ingest(byte[] value) {
        return deserializer.ingest(new ConsumerRecord<>(ControlTopic.NAME, 0, 0, null, value));
    }
}
