package io.tributary.vocabulary;

import io.tributary.vocabulary.SentencePieceModel.Algorithm;
import io.tributary.vocabulary.SentencePieceModel.Piece;
import io.tributary.vocabulary.SentencePieceModel.PieceType;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains a vocabulary from text: byte-pair encoding over characters, with byte pieces for all that it has no other
 * piece for, so that every text can be encoded and comes back as it was.
 *
 * <p>The model depends on the added documents and not on their order. Settings follow SentencePiece's defaults, but for
 * byte fallback and for text being left as it is (no normalisation, all white space kept).
 */
public final class VocabularyTrainer {
    /** The smallest vocabulary: three control pieces, 256 bytes and the space. */
    public static final int MIN_PIECES = 260;

    private static final int UNKNOWN_ID = 0;
    private static final int BEGIN_ID = 1;
    private static final int END_ID = 2;
    /** Control and byte pieces, which come first. */
    private static final int RESERVED_PIECES = 259;

    private final int maxPieces;
    private final WordCounts words = new WordCounts();

    /** @param maxPieces size of the vocabulary, or more than it where the text does not yield that many pieces */
    public VocabularyTrainer(int maxPieces) {
        if (maxPieces < MIN_PIECES) {
            throw new IllegalArgumentException(
                    "A vocabulary has at least %d pieces (bytes and control pieces), so it cannot be held to %d"
                            .formatted(MIN_PIECES, maxPieces));
        }
        this.maxPieces = maxPieces;
    }

    public void add(String document) {
        words.add(document);
    }

    /**
     * Trains on all documents added so far.
     *
     * @return a SentencePiece {@code ModelProto}, the bytes of a {@code .model} file; ids: unknown 0, begin 1, end 2
     */
    public byte[] train() {
        int limit = maxPieces - RESERVED_PIECES;
        Alphabet alphabet = Alphabet.of(words, limit);
        List<String> joined = new MergeLearner(words, alphabet).learn(limit - alphabet.size());
        return model(joined, alphabet).toBytes();
    }

    /** Only the order of the joined pieces' scores matters to encoding. */
    private static SentencePieceModel model(List<String> joined, Alphabet alphabet) {
        List<Piece> pieces = new ArrayList<>();
        pieces.add(new Piece("<unk>", 0, PieceType.UNKNOWN));
        pieces.add(new Piece("<s>", 0, PieceType.CONTROL));
        pieces.add(new Piece("</s>", 0, PieceType.CONTROL));
        for (int value = 0; value < 256; value++) {
            pieces.add(new Piece("<0x%02X>".formatted(value), 0, PieceType.BYTE));
        }
        for (String text : joined) {
            pieces.add(new Piece(text, RESERVED_PIECES - pieces.size(), PieceType.NORMAL));
        }
        for (int codePoint : alphabet.codePoints()) {
            pieces.add(new Piece(Character.toString(codePoint), RESERVED_PIECES - pieces.size(), PieceType.NORMAL));
        }
        return new SentencePieceModel(Algorithm.BPE, pieces, UNKNOWN_ID, BEGIN_ID, END_ID, true, true);
    }
}
