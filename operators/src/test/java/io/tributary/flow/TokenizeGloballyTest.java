package io.tributary.flow;

import static io.tributary.flow.TokenizeFixture.CHINESE;
import static io.tributary.flow.TokenizeFixture.GERMAN;
import static io.tributary.flow.TokenizeFixture.TIMEOUT_MS;
import static io.tributary.flow.TokenizeFixture.chineses;
import static io.tributary.flow.TokenizeFixture.germans;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.Document;
import io.tributary.record.Incoming;
import io.tributary.record.SourceId;
import io.tributary.record.Tokenized;
import io.tributary.record.Variant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings("try") // Flink's harness declares that close() throws any exception
class TokenizeGloballyTest {
    private static final byte[] MODEL = TokenizeFixture.model(500);
    private static final long BOOTSTRAP_BYTES = 600;

    @ParameterizedTest
    @EnumSource(names = {"GLOB", "TRIM"})
    void whenTheModelArrivesAllSourcesThatWaitAreWrittenAtOnceInTheirOrder(Variant variant) throws Exception {
        List<Document> documents = both(40);
        try (var tokenize = TokenizeFixture.of(variant, BOOTSTRAP_BYTES).tokenizeGlobally()) {
            tokenize.open();
            process(tokenize, documents);
            assertThat(tokenize.extractOutputValues()).isEmpty();

            tokenize.processBroadcastElement(MODEL, 0);

            List<Tokenized> out = tokenize.extractOutputValues();
            for (SourceId source : List.of(GERMAN, CHINESE)) {
                List<String> texts = documents.stream()
                        .filter(document -> document.source().equals(source))
                        .map(Document::text)
                        .toList();
                List<String> read = TokenizedText.of(out, source).documents();
                assertThat(read).hasSizeGreaterThan(30).isEqualTo(texts.subList(0, read.size()));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"TRIM,0", "TRIM,3", "TRIM,60", "TRIM,80", "GLOB,0", "GLOB,3", "GLOB,60", "GLOB,80"})
    void whatComesOfASourceDoesNotDependOnWhenTheModelArrives(Variant variant, int at) throws Exception {
        List<Document> documents = both(40);
        TokenizeFixture fixture = TokenizeFixture.of(variant, BOOTSTRAP_BYTES).heldOut(0.1);
        List<Tokenized> out = new ArrayList<>();
        OperatorSubtaskState before;
        OperatorSubtaskState after;
        try (var tokenize = fixture.tokenizeGlobally()) {
            tokenize.open();
            process(tokenize, documents.subList(0, at));
            out.addAll(tokenize.extractOutputValues());
            before = tokenize.snapshot(1, 1);
        }
        // With a restore before the model arrives and one after.
        try (var tokenize = fixture.tokenizeGlobally()) {
            tokenize.initializeState(before);
            tokenize.open();
            tokenize.processBroadcastElement(MODEL, 0);
            out.addAll(tokenize.extractOutputValues());
            after = tokenize.snapshot(2, 2);
        }
        try (var tokenize = fixture.tokenizeGlobally()) {
            tokenize.initializeState(after);
            tokenize.open();
            process(tokenize, documents.subList(at, documents.size()));
            out.addAll(tokenize.extractOutputValues());
        }

        List<Tokenized> given = fixture.global(MODEL).tokenized(documents);
        assertThat(of(out, GERMAN)).usingRecursiveComparison().isEqualTo(of(given, GERMAN));
        assertThat(of(out, CHINESE)).usingRecursiveComparison().isEqualTo(of(given, CHINESE));
    }

    @Test
    void aFirstTextThatTheTimeoutEndedBeforeTheModelCameStaysWhatItWas() throws Exception {
        List<Document> documents = germans(40);
        TokenizeFixture fixture = TokenizeFixture.of(Variant.TRIM, 1 << 20);
        try (var tokenize = fixture.tokenizeGlobally();
                var given = fixture.global(MODEL).tokenize()) {
            tokenize.open();
            process(tokenize, documents.subList(0, 10));
            tokenize.setProcessingTime(TIMEOUT_MS);
            process(tokenize, documents.subList(10, 40));
            assertThat(tokenize.extractOutputValues()).isEmpty();
            tokenize.processBroadcastElement(MODEL, 0);

            given.open();
            for (Document document : documents.subList(0, 10)) {
                given.processElement(document, 0);
            }
            given.setProcessingTime(TIMEOUT_MS);
            for (Document document : documents.subList(10, 40)) {
                given.processElement(document, 0);
            }
            assertThat(tokenize.extractOutputValues())
                    .usingRecursiveComparison()
                    .isEqualTo(given.extractOutputValues());
        }
    }

    @Test
    void theFirstModelStays() throws Exception {
        List<Document> documents = germans(20);
        try (var tokenize = TokenizeFixture.of(Variant.GLOB, BOOTSTRAP_BYTES).tokenizeGlobally()) {
            tokenize.open();
            tokenize.processBroadcastElement(MODEL, 0);
            tokenize.processBroadcastElement(TokenizeFixture.model(300), 0);
            process(tokenize, documents);

            assertThat(TokenizedText.of(tokenize.extractOutputValues(), GERMAN).model())
                    .isEqualTo(MODEL);
        }
    }

    @Test
    void settingsThatNoModelIsTrainedForAreRefused() {
        assertThatThrownBy(() ->
                        new TokenizeGlobally(TokenizeFixture.of(Variant.SPEC, 1).settings()))
                .hasMessageContaining("SPEC has one per source: use Tokenize");
        assertThatThrownBy(() -> new TokenizeGlobally(
                        TokenizeFixture.of(Variant.TRIM, 1).global(MODEL).settings()))
                .hasMessageContaining("TRIM has a given one: use Tokenize");
    }

    private static List<Document> both(int each) {
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            documents.add(germans(each).get(i));
            documents.add(chineses(each).get(i));
        }
        return documents;
    }

    private static void process(
            KeyedBroadcastOperatorTestHarness<SourceId, Incoming, byte[], Tokenized> tokenize, List<Document> documents)
            throws Exception {
        for (Document document : documents) {
            tokenize.processElement(document, 0);
        }
    }

    private static List<Tokenized> of(List<Tokenized> records, SourceId source) {
        return records.stream().filter(record -> record.source().equals(source)).toList();
    }
}
