package io.tributary.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.vocabulary.SentencePieceModel.Algorithm;
import io.tributary.vocabulary.SentencePieceModel.Piece;
import io.tributary.vocabulary.SentencePieceModel.PieceType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VocabularyTrainerTest {
    @Test
    void makesAsManyPiecesAsAskedForWhenTheTextSuffices() {
        SentencePieceModel model = train(2000, RealText.manyLanguages(1));

        assertThat(model.pieces()).hasSize(2000).extracting(Piece::text).doesNotHaveDuplicates();
    }

    @Test
    void layOutIsControlThenBytesThenText() {
        SentencePieceModel model = train(400, RealText.characterNames(800));

        assertThat(model.algorithm()).isEqualTo(Algorithm.BPE);
        assertThat(model.byteFallback()).isTrue();
        assertThat(model.addDummyPrefix()).isTrue();
        assertThat(model.pieces().get(model.unknownId())).isEqualTo(new Piece("<unk>", 0, PieceType.UNKNOWN));
        assertThat(model.pieces().get(model.beginId())).isEqualTo(new Piece("<s>", 0, PieceType.CONTROL));
        assertThat(model.pieces().get(model.endId())).isEqualTo(new Piece("</s>", 0, PieceType.CONTROL));
        assertThat(model.pieces().subList(3, 259)).extracting(Piece::type).containsOnly(PieceType.BYTE);
        assertThat(model.pieces().subList(259, 400)).extracting(Piece::type).containsOnly(PieceType.NORMAL);
    }

    @Test
    void joinsTheMostFrequentPairFirst() {
        // "ab" occurs five times, "▁ab" three times after it, then "cd" and "▁cd" twice.
        SentencePieceModel model = train(1000, List.of("ab ab ab", "cd cd", "xabyab"));

        assertThat(joinedPieces(model)).startsWith("ab", "▁ab", "cd", "▁cd");
    }

    @Test
    void joinsOverlappingPairsFromTheLeft() {
        SentencePieceModel model = train(1000, List.of("aaaaa", "aaaaa"));

        assertThat(joinedPieces(model)).containsExactly("aa", "aaa", "▁aa", "▁aaaaa");
    }

    @Test
    void orderOfDocumentsDoesNotMatter() {
        List<String> documents = new ArrayList<>(RealText.manyLanguages(2));
        byte[] expected = trainToBytes(3000, documents);

        for (int seed = 0; seed < 3; seed++) {
            Collections.shuffle(documents, new Random(seed));
            assertThat(trainToBytes(3000, documents)).isEqualTo(expected);
        }
    }

    @Test
    void trainingAgainGivesTheSameBytes() {
        VocabularyTrainer trainer = new VocabularyTrainer(600);
        RealText.characterNames(4000).forEach(trainer::add);

        assertThat(trainer.train()).isEqualTo(trainer.train());
    }

    @Test
    void tooLittleTextMakesFewerPieces() {
        SentencePieceModel model = train(32_000, List.of("to be or not to be"));

        assertThat(model.pieces()).hasSizeBetween(VocabularyTrainer.MIN_PIECES + 1, 300);
        assertThat(joinedPieces(model)).contains("▁to", "▁be").doesNotContain("▁not");
    }

    @Test
    void noTextMakesBytesAndTheSpace() {
        for (List<String> documents : List.of(List.<String>of(), List.of(""))) {
            SentencePieceModel model = train(32_000, documents);

            assertThat(model.pieces()).hasSize(VocabularyTrainer.MIN_PIECES);
            assertThat(model.pieces().get(259).text()).isEqualTo("▁");
        }
    }

    @Test
    void theSmallestVocabularyHoldsWhateverTheText() {
        SentencePieceModel model = train(VocabularyTrainer.MIN_PIECES, RealText.characterNames(800));

        assertThat(model.pieces()).hasSize(VocabularyTrainer.MIN_PIECES);
    }

    @Test
    void piecesStayWithinWordsAndScriptsAndSixteenCharacters() {
        SentencePieceModel model = train(1000, Collections.nCopies(10, "x1x1 x1x1\nдаda internationalization カタかな漢字ー"));

        assertThat(model.pieces())
                .filteredOn(piece -> piece.type() == PieceType.NORMAL)
                .extracting(Piece::text)
                .contains("да", "da", "▁カタかな漢字ー")
                .allSatisfy(text -> assertThat(text)
                        .hasSizeLessThanOrEqualTo(16)
                        .doesNotContain("x1", "1x", "аd", "\n")
                        .doesNotMatch(".+▁.*"));
    }

    @Test
    void nulAndHalfSurrogatePairsAreNoPieces() {
        SentencePieceModel model = train(1000, Collections.nCopies(10, "a\0b \uD800 \uDC00c"));

        assertThat(model.pieces()).extracting(Piece::text).doesNotContain("\0", "\uD800", "\uDC00", "?");
    }

    @Test
    void refusesAVocabularyTooSmallForTheBytes() {
        assertThatThrownBy(() -> new VocabularyTrainer(259)).hasMessageContaining("at least 260 pieces");
    }

    private static List<String> joinedPieces(SentencePieceModel model) {
        return model.pieces().stream()
                .filter(piece -> piece.type() == PieceType.NORMAL)
                .map(Piece::text)
                .filter(text -> text.length() > 1)
                .toList();
    }

    private static SentencePieceModel train(int maxPieces, List<String> documents) {
        return SentencePieceModel.read(trainToBytes(maxPieces, documents));
    }

    private static byte[] trainToBytes(int maxPieces, List<String> documents) {
        VocabularyTrainer trainer = new VocabularyTrainer(maxPieces);
        documents.forEach(trainer::add);
        return trainer.train();
    }
}
