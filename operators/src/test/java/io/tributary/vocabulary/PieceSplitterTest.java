package io.tributary.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.vocabulary.SentencePieceModel.Algorithm;
import io.tributary.vocabulary.SentencePieceModel.Piece;
import io.tributary.vocabulary.SentencePieceModel.PieceType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PieceSplitterTest {
    private static byte[] trained = new byte[0];

    @BeforeAll
    static void trainOnce() {
        VocabularyTrainer trainer = new VocabularyTrainer(4000);
        RealText.manyLanguages(2).forEach(trainer::add);
        trained = trainer.train();
    }

    @Test
    void aMergedPieceFallsIntoTheTwoPiecesItWasMadeOf() {
        SentencePieceModel model = handmade(Algorithm.BPE, "ab", "abc", "bcd", "abcd", "bc", "a", "b", "c", "d");

        // ab is merged before bc, and the merges of bcd and bc come after the one of abc.
        assertThat(split(model, "abc")).containsExactly("ab", "c");
        assertThat(split(model, "abcd")).containsExactly("abc", "d");
        assertThat(split(model, "bc")).containsExactly("b", "c");
    }

    @Test
    void partsThatAreNotHeldFallFurther() {
        SentencePieceModel model = handmade(Algorithm.BPE, "ab", "abc", "bcd", "abcd", "bc", "a", "b", "c", "d");

        assertThat(split(model, "abcd", "abc")).containsExactly("ab", "c", "d");
        assertThat(split(model, "abcd", "abc", "ab", "c")).containsExactly("a", "b", "<unk>", "d");
    }

    @Test
    void aTrainedPieceIsMadeOfTwo() {
        SentencePieceModel model = SentencePieceModel.read(trained);
        PieceSplitter splitter = new PieceSplitter(model);
        int joined = 0;
        for (int id = 0; id < splitter.size(); id++) {
            int self = id;
            String text = model.pieces().get(id).text();
            if (!splitter.isWhole(id) && text.codePointCount(0, text.length()) > 1) {
                joined++;
                assertThat(splitter.split(id, other -> other != self)).as(text).hasSize(2);
            }
        }
        assertThat(joined).isGreaterThan(1000);
    }

    @Test
    void ofAUnigramPieceTheMostProbableHeldSpellingIsTaken() {
        // Scores fall with the place: a + bcd = -7 - 2, ab + cd = -3 - 4, abc + d = -5 - 10.
        SentencePieceModel model =
                handmade(Algorithm.UNIGRAM, "x", "abcd", "bcd", "ab", "cd", "abc", "y", "a", "b", "c", "d");

        assertThat(split(model, "abcd")).containsExactly("ab", "cd");
        assertThat(split(model, "abcd", "ab")).containsExactly("a", "bcd");
        assertThat(split(model, "abcd", "ab", "bcd")).containsExactly("abc", "d");
        assertThat(split(model, "abcd", "ab", "bcd", "abc", "a")).containsExactly("<unk>", "b", "cd");
    }

    @Test
    void anUnusedPieceIsPassedThroughByMergesAndNeverPartOfAUnigramSpelling() {
        List<Piece> pieces = new ArrayList<>(
                handmade(Algorithm.BPE, "ab", "abc", "a", "b", "c").pieces());
        int unused = indexOf(pieces, "ab");
        pieces.set(unused, new Piece("ab", 0, PieceType.UNUSED));

        assertThat(split(model(Algorithm.BPE, pieces), "abc", "ab")).containsExactly("a", "b", "c");
        assertThat(split(model(Algorithm.UNIGRAM, pieces), "abc")).containsExactly("a", "b", "c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BPE", "UNIGRAM"})
    void everyPieceIsSpeltAsTheSameTextWhateverIsHeld(String algorithm) {
        SentencePieceModel read = SentencePieceModel.read(trained);
        SentencePieceModel model =
                new SentencePieceModel(Algorithm.valueOf(algorithm), read.pieces(), 0, 1, 2, true, false);
        PieceSplitter splitter = new PieceSplitter(model);
        Random random = new Random(3);
        try (Tokenizer tokenizer = Tokenizer.load(model.toBytes())) {
            for (double share : new double[] {0, 0.1, 0.5, 0.9, 1}) {
                boolean[] drawn = new boolean[splitter.size()];
                for (int id = 0; id < drawn.length; id++) {
                    drawn[id] = splitter.isWhole(id) || random.nextDouble() < share;
                }
                for (int id = 0; id < splitter.size(); id++) {
                    if (splitter.isWhole(id)) {
                        continue;
                    }
                    int self = id;
                    IntPredicate isHeld = other -> other != self && drawn[other];
                    int[] spelling = splitter.split(id, isHeld);

                    assertThat(Arrays.stream(spelling).allMatch(isHeld)).isTrue();
                    assertThat(tokenizer.decode(spelling)).isEqualTo(tokenizer.decode(new int[] {id}));
                }
            }
        }
    }

    @Test
    void aUserDefinedPieceIsNeverSplit() {
        List<Piece> pieces = new ArrayList<>(handmade(Algorithm.BPE, "a", "b").pieces());
        pieces.add(new Piece("ab", 0, PieceType.USER_DEFINED));
        PieceSplitter splitter = new PieceSplitter(model(Algorithm.BPE, pieces));

        assertThat(splitter.isWhole(pieces.size() - 1)).isTrue();
        assertThatThrownBy(() -> splitter.split(pieces.size() - 1, id -> true)).hasMessageContaining("no parts");
    }

    @Test
    void refusesModelsWithoutPartsAndWithoutTheUnknown() {
        assertThatThrownBy(() -> new PieceSplitter(handmade(Algorithm.WORD, "a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("use a BPE or a unigram model");
        assertThatThrownBy(() -> new PieceSplitter(model(Algorithm.BPE, List.of(new Piece("a", 0, PieceType.NORMAL)))))
                .hasMessageContaining("(unk)");
        List<Piece> damaged = List.of(new Piece("<unk>", 0, PieceType.UNKNOWN), new Piece("<0xZZ>", 0, PieceType.BYTE));
        assertThatThrownBy(() -> new PieceSplitter(model(Algorithm.BPE, damaged)))
                .hasMessageContaining("<0xZZ>");
    }

    /** The spelling of a piece where all other pieces are held but those named. */
    private static List<String> split(SentencePieceModel model, String piece, String... missing) {
        int id = indexOf(model.pieces(), piece);
        Set<String> absent = Set.of(missing);
        int[] spelling = new PieceSplitter(model)
                .split(
                        id,
                        other -> other != id
                                && !absent.contains(model.pieces().get(other).text()));
        return Arrays.stream(spelling)
                .mapToObj(part -> model.pieces().get(part).text())
                .toList();
    }

    private static int indexOf(List<Piece> pieces, String text) {
        return pieces.stream().map(Piece::text).toList().indexOf(text);
    }

    /** A model of these pieces, whose scores are 0, -1, -2, ... */
    private static SentencePieceModel handmade(Algorithm algorithm, String... texts) {
        List<Piece> pieces = new ArrayList<>(
                List.of(new Piece("<unk>", 0, PieceType.UNKNOWN), new Piece("</s>", 0, PieceType.CONTROL)));
        for (int rank = 0; rank < texts.length; rank++) {
            pieces.add(new Piece(texts[rank], -rank, PieceType.NORMAL));
        }
        return model(algorithm, pieces);
    }

    private static SentencePieceModel model(Algorithm algorithm, List<Piece> pieces) {
        return new SentencePieceModel(algorithm, pieces, 0, -1, 1, false, true);
    }
}
