package io.tributary.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tributary.record.DeadLetter;
import io.tributary.record.Document;
import io.tributary.record.Ingested;
import io.tributary.record.Origin;
import io.tributary.record.SourceKeys;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.flink.util.InstantiationUtil;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CorpusDeserializerTest {
    private static final int MAX_BYTES = 1000;

    private final CorpusDeserializer deserializer = new CorpusDeserializer(
            "corpus.",
            SourceKeys.of(List.of("arxiv", "news")),
            false,
            Map.of("news", new ValueFormat.Json("text"), "titles", new ValueFormat.Json("title")),
            MAX_BYTES);

    @Test
    void textIsTakenAsItStands() {
        Document document = document("corpus.arxiv", " {Zürich}\n\uD83D\uDE00\u0000 ");

        assertThat(document.text()).isEqualTo(" {Zürich}\n\uD83D\uDE00\u0000 ");
        assertThat(document.origin()).isEqualTo(new Origin("corpus.arxiv", 2, 77, 1234));
    }

    @Test
    void aReplacementCharacterThatStandsInTheTextIsText() {
        assertThat(document("corpus.arxiv", "a\uFFFDb").text()).isEqualTo("a\uFFFDb");
    }

    @Test
    void configuredSourcesKeepTheirKeysAndOthersDeriveThem() {
        assertThat(document("corpus.news", "{\"text\":\"a\"}").source())
                .isEqualTo(SourceKeys.of(List.of("arxiv", "news")).get("news"));
        assertThat(document("corpus.a.b..c", "a").source()).isEqualTo(SourceKeys.unlisted("a.b..c"));
    }

    @Test
    void jsonFieldIsChosenPerSource() {
        assertThat(document("corpus.news", "{\"id\":{\"text\":1},\"text\":\"a\\n\\u00fc\"}")
                        .text())
                .isEqualTo("a\nü");
        assertThat(document("corpus.titles", "{\"title\":\"b\",\"text\":[{}]}").text())
                .isEqualTo("b");
    }

    @ParameterizedTest
    @MethodSource("bytesThatAreNotUtf8")
    void bytesThatAreNotUtf8AreNamedWithTheirPlace(byte[] value, int at, String hex) {
        assertThat(reason("corpus.arxiv", value))
                .contains("not UTF-8: at byte " + at + " of " + value.length + " stands " + hex + ".");
    }

    static Stream<Arguments> bytesThatAreNotUtf8() {
        return Stream.of(
                arguments(bytes('a', 'b', 0xFF, 'c'), 2, "FF"),
                arguments(bytes('a', 0xC3), 1, "C3"),
                arguments(bytes(0xC3, 0xBC, 0xE2, 0x82), 2, "E2 82"),
                // An overlong slash, and a surrogate.
                arguments(bytes(0xC0, 0xAF), 0, "C0"),
                arguments(bytes('x', 0xED, 0xA0, 0x80), 1, "ED A0 80"));
    }

    @ParameterizedTest
    @MethodSource("valuesOfNews")
    void jsonWithoutATextSaysWhatIsThereInstead(String value, String reason) {
        assertThat(reason("corpus.news", value.getBytes(StandardCharsets.UTF_8)))
                .contains(reason);
    }

    static Stream<Arguments> valuesOfNews() {
        return Stream.of(
                arguments("{\"text\":\"a\"", "not JSON"),
                arguments("plain words", "not JSON"),
                arguments("{\"text\":\"a\tb\"}", "not JSON"),
                arguments("   ", "but nothing instead of an object"),
                arguments("[{\"text\":\"a\"}]", "but an array instead of an object"),
                arguments("\"a\"", "but a string instead of an object"),
                arguments("{}", "no field 'text'"),
                arguments("{\"a\":{\"text\":\"b\"}}", "no field 'text'"),
                arguments("{\"text\":null}", "'text' is null, not a string"),
                arguments("{\"text\":12}", "'text' is a number, not a string"),
                arguments("{\"text\":{\"en\":\"a\"}}", "'text' is an object, not a string"),
                arguments("{\"text\":\"a\",\"text\":\"b\"}", "'text' twice"),
                arguments("{\"text\":\"a\"}\n{\"text\":\"b\"}", "More follows"),
                arguments("{\"text\":\"\\ud800\"}", "half a surrogate pair"),
                arguments("{\"text\":\"\"}", "blank"),
                arguments("{\"text\":\" \\n\"}", "blank"),
                arguments("{\"a\":" + "[".repeat(900), "not JSON"));
    }

    @Test
    void jsonNestedDeeplyIsRefusedAndDoesNotOverflowTheStack() {
        CorpusDeserializer roomy = new CorpusDeserializer(
                "corpus.", Map.of(), false, Map.of("news", new ValueFormat.Json("text")), Integer.MAX_VALUE);
        byte[] value = ("{\"a\":" + "[".repeat(2_000_000)).getBytes(StandardCharsets.UTF_8);

        assertThat(roomy.ingest(record("corpus.news", value))).isInstanceOf(DeadLetter.class);
    }

    @Test
    void tombstoneKeepsItsNullValue() {
        DeadLetter letter = (DeadLetter) deserializer.ingest(record("corpus.arxiv", null));

        assertThat(letter.value()).isEmpty();
        assertThat(letter.reason()).contains("tombstone");
    }

    @Test
    void emptyAndBlankValuesAreRefused() {
        assertThat(reason("corpus.arxiv", new byte[0])).contains("empty");
        assertThat(reason("corpus.arxiv", bytes(' ', '\n', '\t'))).contains("blank");
    }

    @Test
    void theLargestDocumentIsTakenAndOneByteMoreIsNot() {
        assertThat(document("corpus.arxiv", "x".repeat(MAX_BYTES)).text()).hasSize(MAX_BYTES);
        assertThat(reason("corpus.arxiv", new byte[MAX_BYTES + 1]))
                .contains("has 1,001 bytes")
                .contains("has 1,000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"corpus.", "other.arxiv", "corpus"})
    void topicThatNamesNoSourceIsRefused(String topic) {
        assertThat(reason(topic, bytes('a'))).contains("names no source");
    }

    @Test
    void noBytesMakeItThrow() {
        long seed = Long.getLong("tributary.seed", 20_240_117);
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] value = new byte[random.nextInt(24)];
            random.nextBytes(value);
            if (random.nextBoolean() && value.length > 9) {
                byte[] beginning = "{\"text\":\"".getBytes(StandardCharsets.UTF_8);
                System.arraycopy(beginning, 0, value, 0, beginning.length);
            }
            String topic = random.nextBoolean() ? "corpus.arxiv" : "corpus.news";
            Ingested ingested = deserializer.ingest(record(topic, value));
            assertThat(ingested).as("seed %d, record %d", seed, i).isNotNull();
            if (ingested instanceof DeadLetter letter) {
                assertThat(letter.value()).get().isSameAs(value);
                assertThat(letter.stage()).isEqualTo("decode");
            }
        }
    }

    @Test
    void itTravelsToTheTaskManagersWhole() throws Exception {
        CorpusDeserializer copy = InstantiationUtil.clone(deserializer);

        assertThat(copy.ingest(record("corpus.news", bytes('{', '}'))))
                .isInstanceOfSatisfying(
                        DeadLetter.class, letter -> assertThat(letter.reason()).contains("no field 'text'"));
    }

    @Test
    void formatsAreReadFromSettings() {
        assertThat(ValueFormat.of("auto")).isEqualTo(ValueFormat.TEXT);
        assertThat(ValueFormat.of("text")).isEqualTo(ValueFormat.TEXT);
        assertThat(ValueFormat.of("json")).isEqualTo(new ValueFormat.Json("text"));
        assertThat(ValueFormat.of("json:body")).isEqualTo(new ValueFormat.Json("body"));
        assertThatThrownBy(() -> ValueFormat.of("xml")).hasMessageContaining("'xml': use auto, text, json");
        assertThatThrownBy(() -> ValueFormat.of("json:")).hasMessageContaining("name of a field");
    }

    private Document document(String topic, String value) {
        return (Document) deserializer.ingest(record(topic, value.getBytes(StandardCharsets.UTF_8)));
    }

    private String reason(String topic, byte[] value) {
        DeadLetter letter = (DeadLetter) deserializer.ingest(record(topic, value));
        assertThat(letter.origin()).isEqualTo(new Origin(topic, 2, 77, 1234));
        return letter.reason();
    }

    // Kafka's own class takes a null value for a tombstone.
    @SuppressWarnings("NullAway")
    private static ConsumerRecord<byte[], byte[]> record(String topic, byte @Nullable [] value) {
        return new ConsumerRecord<>(
                topic,
                2,
                77,
                1234,
                TimestampType.CREATE_TIME,
                0,
                value == null ? -1 : value.length,
                new byte[0],
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
