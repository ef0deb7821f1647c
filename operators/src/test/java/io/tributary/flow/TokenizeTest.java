package io.tributary.flow;

import static io.tributary.flow.TokenizeFixture.CHINESE;
import static io.tributary.flow.TokenizeFixture.GERMAN;
import static io.tributary.flow.TokenizeFixture.ROWS;
import static io.tributary.flow.TokenizeFixture.T;
import static io.tributary.flow.TokenizeFixture.TIMEOUT_MS;
import static io.tributary.flow.TokenizeFixture.chineses;
import static io.tributary.flow.TokenizeFixture.germans;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.Document;
import io.tributary.record.SourceId;
import io.tributary.record.Tokenized;
import io.tributary.record.Variant;
import io.tributary.vocabulary.SentencePieceModel;
import io.tributary.vocabulary.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@SuppressWarnings("try") // Flink's harness declares that close() throws any exception
class TokenizeTest {
    @Test
    void documentsWaitForTheVocabularyAndAreTrainedAfterwardsInTheirOrder() throws Exception {
        List<Document> documents = germans(40);

        assertIsStreamOf(documents, TokenizeFixture.of(Variant.SPEC, 600).tokenized(documents));
    }

    @Test
    void withTooLittleTextTheTimeoutTrainsTheVocabularyFromWhatThereIs() throws Exception {
        try (var tokenize = TokenizeFixture.of(Variant.SPEC, 1 << 20).tokenize()) {
            tokenize.open();
            tokenize.setProcessingTime(5);
            for (Document document : germans(20)) {
                tokenize.processElement(document, 0);
            }
            assertThat(tokenize.extractOutputValues()).isEmpty();

            tokenize.setProcessingTime(5 + TIMEOUT_MS);

            assertThat(tokenize.extractOutputValues().get(0)).isInstanceOf(Tokenized.Vocabulary.class);
            assertThat(tokenize.extractOutputValues()).hasAtLeastOneElementOfType(Tokenized.Batch.class);
        }
    }

    @Test
    void eachSourceHasAsManyPiecesAsItsSettingsSay() throws Exception {
        List<Document> documents = new ArrayList<>(germans(40));
        documents.addAll(chineses(40));
        List<Tokenized> out =
                TokenizeFixture.ofSizes(Map.of(CHINESE.name(), 270), 600).tokenized(documents);

        assertThat(pieces(out, GERMAN)).isEqualTo(300);
        assertThat(pieces(out, CHINESE)).isEqualTo(270);
    }

    private static int pieces(List<Tokenized> out, SourceId source) {
        return SentencePieceModel.read(TokenizedText.of(out, source).model())
                .pieces()
                .size();
    }

    @ParameterizedTest
    @EnumSource(names = {"SPEC", "SINGLE"})
    void aGivenVocabularyIsUsedAsItIsFromTheFirstDocument(Variant variant) throws Exception {
        byte[] given = TokenizeFixture.model(400);
        List<Document> documents = germans(10);
        List<Tokenized> out = TokenizeFixture.of(variant, 1 << 20).given(given).tokenized(documents);

        assertThat(TokenizedText.of(out, GERMAN).model()).isEqualTo(given);
        assertIsStreamOf(documents, out);
    }

    @Test
    void allSourcesAreWrittenInAGivenGlobalVocabulary() throws Exception {
        byte[] global = TokenizeFixture.model(400);
        List<Document> documents = new ArrayList<>(germans(20));
        documents.addAll(chineses(20));
        List<Tokenized> out =
                TokenizeFixture.of(Variant.GLOB, 1 << 20).global(global).tokenized(documents);

        assertThat(TokenizedText.of(out, GERMAN).model()).isEqualTo(global);
        assertThat(TokenizedText.of(out, CHINESE).model()).isEqualTo(global);
        assertIsStreamOf(documents.subList(0, 20), out);
    }

    @Test
    void textIsWrittenInAGivenUnigramModel() throws Exception {
        List<Document> documents = germans(40);
        List<Tokenized> out = TokenizeFixture.of(Variant.SPEC, 1)
                .given(TokenizeFixture.unigramModel(500))
                .tokenized(documents);

        assertIsStreamOf(documents, out);
        assertThat(TokenizedText.of(out, GERMAN).documents())
                .isEqualTo(texts(documents)
                        .subList(0, TokenizedText.of(out, GERMAN).documents().size()))
                .hasSizeGreaterThan(30);
    }

    @Test
    void aSourceMayHaveRowsOfItsOwnLength() throws Exception {
        List<Document> documents = new ArrayList<>(germans(20));
        documents.addAll(chineses(20));
        List<Tokenized> out = TokenizeFixture.of(Variant.SPEC, 300)
                .heldOut(0.2)
                .sequenceLength(GERMAN, 5)
                .tokenized(documents);

        assertThat(out).filteredOn(Tokenized.HeldOut.class::isInstance).isNotEmpty();
        for (Tokenized record : out) {
            int length = record.source().equals(GERMAN) ? 5 : T;
            if (record instanceof Tokenized.Batch batch) {
                assertThat(batch.blocks().rowLength()).isEqualTo(length + 1);
            } else if (record instanceof Tokenized.HeldOut heldOut) {
                assertThat(heldOut.blocks().rowLength()).isEqualTo(length + 1);
            }
        }
    }

    @Test
    void whatIsHeldOutIsNeverTrained() throws Exception {
        List<Document> documents = germans(400);
        TokenizeFixture fixture = TokenizeFixture.of(Variant.SPEC, 600).heldOut(0.2);
        List<Tokenized> out = fixture.tokenized(documents);

        assertThat(TokenizedText.of(out, GERMAN).heldOut()).hasSize(TokenizeFixture.HELD_OUT_ROWS);
        List<Document> trained = documents.stream()
                .filter(document -> !isHeldOut(fixture, document))
                .toList();
        assertThat(trained).hasSizeLessThan(documents.size());
        assertIsStreamOf(trained, out);
    }

    @Test
    void theTimeoutBeginsWithTextThatAVocabularyCanBeTrainedFrom() throws Exception {
        TokenizeFixture fixture = TokenizeFixture.of(Variant.SPEC, 1 << 20).heldOut(0.5);
        List<Document> heldOut = germans(40).stream()
                .filter(document -> isHeldOut(fixture, document))
                .toList();
        Document trained = germans(40).stream()
                .filter(document -> !isHeldOut(fixture, document))
                .findFirst()
                .orElseThrow();
        try (var tokenize = fixture.tokenize()) {
            tokenize.open();
            for (Document document : heldOut) {
                tokenize.processElement(document, 0);
            }
            tokenize.setProcessingTime(2 * TIMEOUT_MS);
            assertThat(tokenize.extractOutputValues()).isEmpty();

            tokenize.processElement(trained, 0);
            tokenize.setProcessingTime(3 * TIMEOUT_MS);
            assertThat(tokenize.extractOutputValues().get(0)).isInstanceOf(Tokenized.Vocabulary.class);
        }
    }

    @Test
    void aSourceThatWaitsUnderAnotherKeyThanTheSettingsHaveIsRefused() throws Exception {
        SourceId old = new SourceId(GERMAN.name(), GERMAN.key() + 1);
        try (var tokenize = TokenizeFixture.of(Variant.SPEC, 1 << 20).tokenize()) {
            tokenize.open();
            Document document = germans(1).get(0);
            assertThatThrownBy(() -> tokenize.processElement(new Document(old, document.origin(), document.text()), 0))
                    .hasStackTraceContaining("Source de has the key 313 in the savepoint and 312 in the configuration");
        }
    }

    @Test
    void timeInWhichTheJobDidNotRunIsNotWaitedFor() throws Exception {
        TokenizeFixture fixture = TokenizeFixture.of(Variant.SPEC, 1 << 20);
        OperatorSubtaskState state;
        try (var tokenize = fixture.tokenize()) {
            tokenize.open();
            tokenize.processElement(germans(1).get(0), 0);
            state = tokenize.snapshot(1, 1);
        }
        long backMs = 100 * TIMEOUT_MS;
        try (var tokenize = fixture.tokenize()) {
            tokenize.setProcessingTime(backMs);
            tokenize.initializeState(state);
            tokenize.open();
            tokenize.setProcessingTime(backMs + 1);
            for (Document document : germans(20)) {
                tokenize.processElement(document, 0);
            }
            tokenize.setProcessingTime(backMs + TIMEOUT_MS - 1);
            assertThat(tokenize.extractOutputValues()).isEmpty();

            tokenize.setProcessingTime(backMs + TIMEOUT_MS + 1);
            assertThat(tokenize.extractOutputValues()).hasAtLeastOneElementOfType(Tokenized.Vocabulary.class);
        }
    }

    @Test
    void aRestoreInTheMiddleOfTheBootstrapLosesNothing() throws Exception {
        List<Document> documents = germans(60);
        TokenizeFixture fixture = TokenizeFixture.of(Variant.SPEC, 1500);
        List<Tokenized> unbroken = fixture.tokenized(documents);

        for (int at : new int[] {10, 50}) {
            List<Tokenized> broken = new ArrayList<>();
            OperatorSubtaskState state;
            try (var tokenize = fixture.tokenize()) {
                tokenize.open();
                for (Document document : documents.subList(0, at)) {
                    tokenize.processElement(document, 0);
                }
                broken.addAll(tokenize.extractOutputValues());
                state = tokenize.snapshot(1, 1);
            }
            try (var tokenize = fixture.tokenize()) {
                tokenize.initializeState(state);
                tokenize.open();
                for (Document document : documents.subList(at, documents.size())) {
                    tokenize.processElement(document, 0);
                }
                broken.addAll(tokenize.extractOutputValues());
            }

            assertThat(broken).usingRecursiveComparison().isEqualTo(unbroken);
        }
    }

    @Test
    void aGlobalVocabularyThatNobodyGaveIsNotWaitedForHere() {
        assertThatThrownBy(
                        () -> new Tokenize(TokenizeFixture.of(Variant.GLOB, 100).settings()))
                .hasMessageContaining("GLOB writes all sources in one vocabulary, but none is given");
    }

    /** The targets of the German batches are the tokens of these documents. */
    private static void assertIsStreamOf(List<Document> documents, List<Tokenized> out) {
        TokenizedText text = TokenizedText.of(out, GERMAN);
        List<Integer> stream = new ArrayList<>();
        try (Tokenizer tokenizer = Tokenizer.load(text.model())) {
            for (Document document : documents) {
                IntStream.of(tokenizer.encode(document.text())).forEach(stream::add);
                stream.add(tokenizer.endOfText());
            }
        }
        assertThat(stream.size() - text.targets().size())
                .as("tokens that wait for a batch")
                .isBetween(0, ROWS * T);
        assertThat(text.targets()).isEqualTo(stream.subList(0, text.targets().size()));
    }

    private static boolean isHeldOut(TokenizeFixture fixture, Document document) {
        return fixture.settings().holdOut().holds(document.text().getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> texts(List<Document> documents) {
        return documents.stream().map(Document::text).toList();
    }
}
