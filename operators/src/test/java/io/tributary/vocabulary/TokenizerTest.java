package io.tributary.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.vocabulary.SentencePieceModel.Algorithm;
import io.tributary.vocabulary.SentencePieceModel.Piece;
import io.tributary.vocabulary.SentencePieceModel.PieceType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
    private static byte[] model = new byte[0];

    @SuppressWarnings("NullAway.Init")
    private static Tokenizer tokenizer;

    @BeforeAll
    static void trainOnce() {
        VocabularyTrainer trainer = new VocabularyTrainer(4000);
        RealText.manyLanguages(2).forEach(trainer::add);
        model = trainer.train();
        tokenizer = Tokenizer.load(model);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "   ",
                " leading and trailing  ",
                "two  spaces, a\ttab\r\nand\n\n\nlines\n",
                "\0",
                "before\0after\0",
                "\u0001\u001B\u007F\u0085\u2028\uFEFF\uFFFE\uFFFF",
                "Grüße, κόσμε, привет, שלום, مرحبا, नमस्ते, สวัสดี, 你好, こんにちは, 안녕하세요",
                "👩‍👩‍👧‍👦 🇪🇺 👍🏽 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠜎𠜱",
                "e\u0301 and \u00e9 stay apart, ﬁ and Ⅳ too",
                "</s><s><unk><pad> <0x41><0xFF> are only text"
            })
    void decodingUndoesEncoding(String text) {
        assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    }

    @Test
    void decodingUndoesEncodingOfRandomUnicode() {
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            // Sixteen characters of the whole of Unicode, or of some block of it.
            int bound = 1 << (1 + random.nextInt(21));
            String text = random.ints(0, Math.min(bound, Character.MAX_CODE_POINT + 1))
                    .filter(codePoint -> Character.getType(codePoint) != Character.SURROGATE
                            && codePoint != SentencePieceModel.SPACE)
                    .limit(16)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        }
    }

    @Test
    void decodingUndoesEncodingOfRealLines() {
        for (String line : RealText.manyLanguages(1)) {
            assertThat(tokenizer.decode(tokenizer.encode(line))).isEqualTo(line);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a", "\0", "\n", "漢", "😀", "the same words again "})
    void takesMegabytes(String part) {
        String text = part.repeat((1 << 20) / part.length());

        assertThat(tokenizer.decode(tokenizer.encode(text)).equals(text)).isTrue();
    }

    @Test
    void losesOnlyTheSpaceMarkAndHalfSurrogatePairs() {
        assertThat(tokenizer.decode(tokenizer.encode("a▁b"))).isEqualTo("a b");
        assertThat(tokenizer.decode(tokenizer.encode("a\uD800b\uDC00"))).isEqualTo("a?b?");
        assertThat(tokenizer.decode(tokenizer.encode("\uDE00\uD83D"))).isEqualTo("??");
    }

    @Test
    void encodesAsThePlainestImplementationDoes() {
        BpeOracle oracle = new BpeOracle(SentencePieceModel.read(model));
        List<String> lines = new ArrayList<>(RealText.manyLanguages(1));
        lines.addAll(RealText.characterNames(1000));
        assertThat(lines).hasSizeGreaterThan(1000);

        for (String line : lines) {
            assertThat(tokenizer.encode(line)).as(line).isEqualTo(oracle.encode(line));
        }
    }

    @Test
    void encodesAnyCharactersAsThePlainestImplementationDoes() {
        BpeOracle oracle = new BpeOracle(SentencePieceModel.read(model));
        // Pieces strung together at random meet more ambiguous neighbours than real text.
        Random random = new Random(2);
        for (int i = 0; i < 1000; i++) {
            StringBuilder text = new StringBuilder();
            for (int part = 0; part < 8; part++) {
                text.append(tokenizer.decode(new int[] {random.nextInt(tokenizer.size())}));
            }
            assertThat(tokenizer.encode(text.toString())).isEqualTo(oracle.encode(text.toString()));
        }
    }

    @Test
    void idsAreWithinTheVocabularyAndEndWithNoMark() {
        int[] ids = tokenizer.encode("a text");

        assertThat(tokenizer.size()).isEqualTo(4000);
        assertThat(tokenizer.endOfText()).isEqualTo(2);
        assertThat(tokenizer.piece(tokenizer.endOfText())).isEqualTo("</s>");
        assertThat(Arrays.stream(ids).mapToObj(tokenizer::piece)).containsSubsequence("▁a");
        assertThat(ids).doesNotContain(0, 1, 2);
    }

    @Test
    void aSliceOfIdsDecodesToASliceOfTheText() {
        // None of the characters has a piece, so each takes its four bytes.
        int[] ids = tokenizer.encode("𠜎𠜱");
        assertThat(ids).hasSize(9);

        assertThat(tokenizer.decode(Arrays.copyOfRange(ids, 0, 5))).isEqualTo("𠜎");
        assertThat(tokenizer.decode(Arrays.copyOfRange(ids, 0, 7))).isEqualTo("𠜎\uFFFD");
        assertThat(tokenizer.decode(new int[] {tokenizer.endOfText()})).isEmpty();
    }

    @Test
    void refusesIdsOutsideTheVocabulary() {
        assertThatThrownBy(() -> tokenizer.decode(new int[] {-1})).hasMessageContaining("-1 is no token id");
        assertThatThrownBy(() -> tokenizer.piece(4000)).hasMessageContaining("the vocabulary has 4000 pieces");
    }

    @Test
    void anUntrainedModelSpellsInBytes() {
        try (Tokenizer untrained = Tokenizer.load(new VocabularyTrainer(260).train())) {
            String text = " Ein Ä, 漢字, 😀\n";

            assertThat(untrained.encode("Ä")).hasSize(3);
            assertThat(untrained.decode(untrained.encode(text))).isEqualTo(text);
        }
    }

    @Test
    void mayBeClosedTwiceAndThenStillDecodes() {
        Tokenizer closed = Tokenizer.load(model);
        int[] ids = closed.encode("text");
        closed.close();
        closed.close();

        assertThatThrownBy(() -> closed.encode("text")).isInstanceOf(IllegalStateException.class);
        assertThat(closed.decode(ids)).isEqualTo("text");
    }

    @Test
    void encodesWithAUnigramModel() {
        List<Piece> pieces = List.of(
                new Piece("<unk>", 0, PieceType.UNKNOWN),
                new Piece("</s>", 0, PieceType.CONTROL),
                new Piece("▁un", -2, PieceType.NORMAL),
                new Piece("▁u", -1, PieceType.NORMAL),
                new Piece("nigram", -1.5f, PieceType.NORMAL),
                new Piece("igram", -1, PieceType.NORMAL));
        byte[] unigram = new SentencePieceModel(Algorithm.UNIGRAM, pieces, 0, -1, 1, false, true).toBytes();

        try (Tokenizer probable = Tokenizer.load(unigram)) {
            // -1 + -1.5 is more probable than -2 + -1.
            assertThat(probable.encode("unigram")).containsExactly(3, 4);
            assertThat(probable.decode(new int[] {3, 4})).isEqualTo("unigram");
            assertThat(probable.endOfText()).isEqualTo(1);
            // Without bytes to fall back to, unknown text is lost, and shown to be.
            assertThat(probable.decode(probable.encode("unigram!"))).isEqualTo("unigram ⁇ ");
        }
    }

    @Test
    void withoutADummyPrefixTheLeadingSpaceIsText() {
        SentencePieceModel trained = SentencePieceModel.read(model);
        byte[] plain = new SentencePieceModel(Algorithm.BPE, trained.pieces(), 0, 1, 2, true, false).toBytes();

        try (Tokenizer unprefixed = Tokenizer.load(plain)) {
            for (String text : List.of("text", " text", "  text", "")) {
                assertThat(unprefixed.decode(unprefixed.encode(text))).isEqualTo(text);
            }
        }
    }

    @Test
    void refusesAModelThatCannotMarkTheEndOfAText() {
        SentencePieceModel trained = SentencePieceModel.read(model);
        for (int end : new int[] {-1, 300, 4000}) {
            byte[] endless = new SentencePieceModel(Algorithm.BPE, trained.pieces(), 0, 1, end, true, true).toBytes();

            assertThatThrownBy(() -> Tokenizer.load(endless))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no piece for the end of a text (its eos_id is " + end);
        }
    }

    @Test
    void refusesAModelThatTheLibraryRefuses() {
        List<Piece> twice = new ArrayList<>(SentencePieceModel.read(model).pieces());
        twice.add(twice.get(300));
        byte[] ambiguous = new SentencePieceModel(Algorithm.BPE, twice, 0, 1, 2, true, true).toBytes();

        assertThatThrownBy(() -> Tokenizer.load(ambiguous))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SentencePiece refuses this model")
                .hasMessageContaining("already defined");
        assertThatThrownBy(() -> Tokenizer.load(new byte[0])).hasMessageContaining("Not a SentencePiece model");
    }

    @Test
    void manyTokenizersLiveSideBySide() {
        List<Tokenizer> tokenizers = new ArrayList<>(Collections.nCopies(20, tokenizer));
        tokenizers.replaceAll(other -> Tokenizer.load(model));
        int[] expected = tokenizer.encode("the same ids");

        for (Tokenizer other : tokenizers) {
            assertThat(other.encode("the same ids")).isEqualTo(expected);
            other.close();
        }
    }
}
