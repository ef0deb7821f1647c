package io.tributary.flow;

import static io.tributary.flow.TokenizeFixture.CHINESE;
import static io.tributary.flow.TokenizeFixture.CHINESE_STEPS;
import static io.tributary.flow.TokenizeFixture.GERMAN;
import static io.tributary.flow.TokenizeFixture.STEPS;
import static io.tributary.flow.TokenizeFixture.TIMEOUT_MS;
import static io.tributary.flow.TokenizeFixture.chineses;
import static io.tributary.flow.TokenizeFixture.german;
import static io.tributary.flow.TokenizeFixture.germans;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.Document;
import io.tributary.record.SourceId;
import io.tributary.record.Tokenized;
import io.tributary.record.Variant;
import io.tributary.vocabulary.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sources that hold only some pieces of a vocabulary of all. */
@SuppressWarnings("try") // Flink's harness declares that close() throws any exception
class TokenizeTrimTest {
    /** Control and byte pieces. */
    private static final int WHOLE = 259;

    private static final byte[] MODEL = TokenizeFixture.model(600);

    private static TokenizeFixture fixture(long bootstrapBytes) {
        return TokenizeFixture.of(Variant.TRIM, bootstrapBytes).global(MODEL);
    }

    @Test
    void aSourceFirstHoldsThePiecesOfItsFirstTextInOrderOfAppearance() throws Exception {
        List<Document> documents = germans(40);
        int first = documentsOf(600, documents);

        Tokenized.Vocabulary vocabulary =
                (Tokenized.Vocabulary) fixture(600).tokenized(documents).get(0);

        assertThat(first).isBetween(2, 39);
        assertThat(vocabulary.model()).isEqualTo(MODEL);
        assertThat(asList(vocabulary.held())).isEqualTo(piecesOf(documents.subList(0, first)));
    }

    @Test
    void theTimeoutEndsTheFirstText() throws Exception {
        List<Document> documents = germans(9);
        try (var tokenize = fixture(1 << 20).tokenize()) {
            tokenize.open();
            for (Document document : documents) {
                tokenize.processElement(document, 0);
            }
            assertThat(tokenize.extractOutputValues()).isEmpty();

            tokenize.setProcessingTime(TIMEOUT_MS);

            var vocabulary =
                    (Tokenized.Vocabulary) tokenize.extractOutputValues().get(0);
            assertThat(asList(vocabulary.held())).isEqualTo(piecesOf(documents));
        }
    }

    @Test
    void everyDocumentCanBeReadWithThePiecesThatAreHeldAtItsPlace() throws Exception {
        assertCanBeRead(germans(100), fixture(300));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomUnicodeCanBeReadToo(long seed) throws Exception {
        Random random = new Random(seed);
        List<Document> documents = IntStream.range(0, 200)
                .mapToObj(i -> random.ints(0, 1 << (5 + random.nextInt(16)))
                        .filter(codePoint ->
                                Character.getType(codePoint) != Character.SURROGATE && codePoint != '\u2581')
                        .limit(20)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append))
                .map(text -> german(text.toString()))
                .toList();

        assertCanBeRead(documents, fixture(100));
    }

    @Test
    void aUnigramModelIsTrimmedToo() throws Exception {
        List<Tokenized> out = assertCanBeRead(
                germans(100), TokenizeFixture.of(Variant.TRIM, 300).global(TokenizeFixture.unigramModel(600)));

        assertThat(TokenizedText.of(out, GERMAN).grown()).anyMatch(grown -> grown.length > 0);
    }

    private static List<Tokenized> assertCanBeRead(List<Document> documents, TokenizeFixture fixture) throws Exception {
        List<Tokenized> out = fixture.tokenized(documents);
        List<String> read = TokenizedText.of(out, GERMAN).documents();

        assertThat(read).hasSizeGreaterThan(documents.size() - 10);
        assertThat(read)
                .isEqualTo(documents.stream().map(Document::text).toList().subList(0, read.size()));
        return out;
    }

    @Test
    void theVocabularyGrowsWithTheLastBatchOfEachRoundByWhatTheTextSoFarHasShown() throws Exception {
        List<Document> documents = germans(60);
        TokenizeFixture fixture = fixture(300);
        Set<Integer> expected = new LinkedHashSet<>();
        int batches = 0;
        int growths = 0;
        try (var tokenize = fixture.tokenize();
                Tokenizer tokenizer = Tokenizer.load(MODEL)) {
            tokenize.open();
            int first = documentsOf(300, documents);
            for (Document document : documents.subList(0, first)) {
                tokenize.processElement(document, 0);
            }
            expected.addAll(
                    TokenizedText.of(tokenize.extractOutputValues(), GERMAN).held());
            batches = TokenizedText.of(tokenize.extractOutputValues(), GERMAN)
                    .grown()
                    .size();
            for (Document document : documents.subList(first, documents.size())) {
                tokenize.processElement(document, 0);

                TokenizedText text = TokenizedText.of(tokenize.extractOutputValues(), GERMAN);
                expected.addAll(asList(tokenizer.encode(document.text())));
                for (; batches < text.grown().size(); batches++) {
                    int[] grown = text.grown().get(batches);
                    if ((batches + 1) % STEPS != 0) {
                        assertThat(grown).isEmpty();
                    } else if (grown.length > 0) {
                        growths++;
                        assertThat(text.held()).isEqualTo(new ArrayList<>(expected));
                    }
                }
            }
        }
        assertThat(growths).isGreaterThan(3);
    }

    @Test
    void eachSourceHoldsItsOwnPiecesAndGrowsByItsOwnSteps() throws Exception {
        List<Document> german = germans(60);
        List<Document> chinese = chineses(60);
        List<Document> interleaved = new ArrayList<>();
        for (int i = 0; i < german.size(); i++) {
            interleaved.add(german.get(i));
            interleaved.add(chinese.get(i));
        }
        List<Tokenized> both = fixture(300).tokenized(interleaved);

        assertThat(of(both, GERMAN))
                .usingRecursiveComparison()
                .isEqualTo(fixture(300).tokenized(german));
        assertThat(of(both, CHINESE))
                .usingRecursiveComparison()
                .isEqualTo(fixture(300).tokenized(chinese));
        TokenizedText chineseText = TokenizedText.of(both, CHINESE);
        assertThat(chineseText.held())
                .isNotEqualTo(TokenizedText.of(both, GERMAN).held());
        assertThat(IntStream.range(0, chineseText.grown().size())
                        .filter(batch -> chineseText.grown().get(batch).length > 0))
                .isNotEmpty()
                .allMatch(batch -> (batch + 1) % CHINESE_STEPS == 0);
    }

    @Test
    void heldOutTextHasNoSayInWhatIsHeld() throws Exception {
        List<Document> documents = germans(100);
        TokenizeFixture fixture = fixture(300).heldOut(0.3);
        List<Document> trained = documents.stream()
                .filter(document ->
                        !fixture.settings().holdOut().holds(document.text().getBytes(StandardCharsets.UTF_8)))
                .toList();
        TokenizedText text = TokenizedText.of(fixture.tokenized(documents), GERMAN);

        assertThat(text.heldOut()).isNotEmpty();
        assertThat(trained).hasSizeLessThan(documents.size());
        assertThat(text.held())
                .isEqualTo(TokenizedText.of(fixture.tokenized(trained), GERMAN).held());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 9, 20, 33, 34, 35, 59})
    void aRestoreChangesNothing(int at) throws Exception {
        List<Document> documents = germans(60);
        TokenizeFixture fixture = fixture(300).heldOut(0.1);
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

        assertThat(broken).usingRecursiveComparison().isEqualTo(fixture.tokenized(documents));
    }

    /** How many documents reach this many bytes. */
    private static int documentsOf(long bytes, List<Document> documents) {
        long sum = 0;
        for (int i = 0; i < documents.size(); i++) {
            sum += documents.get(i).text().getBytes(StandardCharsets.UTF_8).length;
            if (sum >= bytes) {
                return i + 1;
            }
        }
        throw new AssertionError("Too little text");
    }

    /** Control and byte pieces, then those of the documents. */
    private static List<Integer> piecesOf(List<Document> documents) {
        Set<Integer> pieces =
                new LinkedHashSet<>(IntStream.range(0, WHOLE).boxed().toList());
        try (Tokenizer tokenizer = Tokenizer.load(MODEL)) {
            documents.forEach(document -> pieces.addAll(asList(tokenizer.encode(document.text()))));
        }
        return new ArrayList<>(pieces);
    }

    private static List<Tokenized> of(List<Tokenized> records, SourceId source) {
        return records.stream().filter(record -> record.source().equals(source)).toList();
    }

    private static List<Integer> asList(int[] ids) {
        return IntStream.of(ids).boxed().toList();
    }
}
