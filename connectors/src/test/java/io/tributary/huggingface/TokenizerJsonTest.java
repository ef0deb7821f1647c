package io.tributary.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.tributary.vocabulary.SentencePieceModel;
import io.tributary.vocabulary.SentencePieceModel.Algorithm;
import io.tributary.vocabulary.SentencePieceModel.Piece;
import io.tributary.vocabulary.SentencePieceModel.PieceType;
import io.tributary.vocabulary.Tokenizer;
import io.tributary.vocabulary.VocabularyTrainer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against Hugging Face's own tokenizers library. */
class TokenizerJsonTest {
    private static final List<String> LANGUAGES = List.of("en", "ru", "zh", "ar", "hi");
    private static final int LINES_PER_LANGUAGE = 220;

    /** In five scripts: names of languages and countries, which every JDK brings along, with all that is hard. */
    private static List<String> lines() {
        List<Locale> named = Arrays.stream(Locale.getAvailableLocales())
                .filter(locale -> !locale.getCountry().isEmpty())
                .toList();
        List<String> hard = List.of(
                "",
                " ",
                "   ",
                "\t",
                "  \n",
                "👩‍👩‍👧‍👦",
                "🇺🇦 ",
                "e\u0301",
                "\u0000",
                "<0x0A>",
                "\u2028",
                "aaaaaaaaa",
                "\uFFFD",
                "▁");
        Random random = new Random(3);
        List<String> lines = new ArrayList<>();
        for (String language : LANGUAGES) {
            Locale in = Locale.forLanguageTag(language);
            for (int line = 0; line < LINES_PER_LANGUAGE; line++) {
                lines.add(IntStream.range(0, 5)
                        .mapToObj(word -> hard.get(random.nextInt(hard.size()))
                                + named.get(random.nextInt(named.size())).getDisplayName(in))
                        .collect(Collectors.joining(random.nextBoolean() ? " " : ", ")));
            }
        }
        lines.addAll(hard);
        return lines;
    }

    private static byte[] trained() {
        VocabularyTrainer trainer = new VocabularyTrainer(2000);
        // From some of the lines alone, so that the others fall back to bytes here and there.
        lines().stream().limit(700).forEach(trainer::add);
        return trainer.train();
    }

    /** The same pieces, with scores in which no two ways to cut a text are equally good. */
    private static SentencePieceModel unigram(SentencePieceModel bpe) {
        List<Piece> pieces = new ArrayList<>();
        for (Piece piece : bpe.pieces()) {
            float drawn = -6 - 6 * new Random(piece.text().hashCode()).nextFloat();
            float score = piece.type() == PieceType.NORMAL ? drawn : 0;
            pieces.add(new Piece(piece.text(), score, piece.type()));
        }
        return new SentencePieceModel(
                Algorithm.UNIGRAM,
                pieces,
                bpe.unknownId(),
                bpe.beginId(),
                bpe.endId(),
                bpe.byteFallback(),
                bpe.addDummyPrefix());
    }

    private static HuggingFaceTokenizer library(byte[] model) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(file)) {
            new TokenizerJson(SentencePieceModel.read(model), model).write(json);
        }
        return HuggingFaceTokenizer.newInstance(
                new ByteArrayInputStream(file.toByteArray()), Map.of("truncation", "false", "padding", "false"));
    }

    private static void assertThatIdsAreEqual(byte[] model) throws IOException {
        List<String> lines = lines();
        assertThat(lines).hasSizeGreaterThan(1000);
        try (Tokenizer ours = Tokenizer.load(model);
                HuggingFaceTokenizer library = library(model)) {
            for (String line : lines) {
                assertThat(ids(library, line)).as(line).containsExactly(box(ours.encode(line)));
            }
        }
    }

    private static void assertThatTextComesBack(byte[] model) throws IOException {
        try (HuggingFaceTokenizer library = library(model)) {
            for (String line : lines()) {
                long[] ids = library.encode(line, false, false).getIds();
                assertThat(library.decode(ids, false)).isEqualTo(line.replace('▁', ' '));
            }
        }
    }

    private static IntStream ids(HuggingFaceTokenizer library, String text) {
        return Arrays.stream(library.encode(text, false, false).getIds()).mapToInt(Math::toIntExact);
    }

    private static Integer[] box(int[] ids) {
        return IntStream.of(ids).boxed().toArray(Integer[]::new);
    }

    @Test
    void pairsAreJoinedAsInTheTrainedVocabulary() throws IOException {
        byte[] model = trained();

        assertThatIdsAreEqual(model);
        assertThatTextComesBack(model);
    }

    @Test
    void aUnigramModelCutsTextAsSentencePieceDoes() throws IOException {
        byte[] model = unigram(SentencePieceModel.read(trained())).toBytes();

        assertThatIdsAreEqual(model);
        assertThatTextComesBack(model);
    }

    /** The last field of a name counts: 3 is the normalizer, in it 4 removes extra white space and 3 adds a prefix. */
    @Test
    void spacesAreTreatedAsTheModelWants() throws IOException {
        byte[] bpe = trained();
        byte[] unigram = unigram(SentencePieceModel.read(bpe)).toBytes();
        for (byte[] model : List.of(bpe, unigram)) {
            assertThatIdsAreEqual(with(model, 4, 1));
            assertThatIdsAreEqual(with(model, 3, 0));
            assertThatTextComesBack(with(model, 3, 0));
        }
    }

    private static byte[] with(byte[] model, int field, int value) {
        byte[] changed = Arrays.copyOf(model, model.length + 4);
        byte[] normalizer = {(3 << 3) | 2, 2, (byte) (field << 3), (byte) value};
        System.arraycopy(normalizer, 0, changed, model.length, 4);
        return changed;
    }

    @Test
    void textOfFewLettersIsJoinedInTheSameOrder() throws IOException {
        byte[] model = trained();
        Random random = new Random(9);
        try (Tokenizer ours = Tokenizer.load(model);
                HuggingFaceTokenizer library = library(model)) {
            for (int text = 0; text < 2000; text++) {
                String letters = random.ints(1 + random.nextInt(30), 0, 4)
                        .mapToObj(i -> String.valueOf(" an,".charAt(i)))
                        .collect(Collectors.joining());
                assertThat(ids(library, letters)).as(letters).containsExactly(box(ours.encode(letters)));
            }
        }
    }

    @Test
    void whatTheLibraryCannotDoIsRefused() {
        SentencePieceModel model = SentencePieceModel.read(trained());
        List<Piece> pieces = new ArrayList<>(model.pieces());
        pieces.add(new Piece("<sep>", 0, PieceType.USER_DEFINED));
        SentencePieceModel changed = new SentencePieceModel(Algorithm.BPE, pieces, 0, 1, 2, true, true);

        assertThatThrownBy(() -> new TokenizerJson(changed, changed.toBytes()))
                .hasMessageContaining("user-defined piece '<sep>'")
                .hasMessageContaining("needs a SentencePiece model with none of these");

        List<Piece> fewer = new ArrayList<>(model.pieces());
        fewer.removeIf(piece -> piece.text().equals("a"));
        SentencePieceModel lacking = new SentencePieceModel(Algorithm.BPE, fewer, 0, 1, 2, true, true);
        assertThatThrownBy(() -> new TokenizerJson(lacking, lacking.toBytes()))
                .hasMessageContaining("the character 'a' is part of pieces and no piece itself");
    }
}
