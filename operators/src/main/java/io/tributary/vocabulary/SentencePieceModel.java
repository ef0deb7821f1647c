package io.tributary.vocabulary;

import java.util.List;

/**
 * What Tributary needs to know of a SentencePiece model: the pieces, in the order of their ids, and how text becomes
 * pieces.
 *
 * @param pieces a token id is an index into this list
 * @param unknownId what text becomes that has no piece; -1 where there is none, as for the other two ids
 * @param beginId begin of text
 * @param endId end of text
 * @param byteFallback text that has no piece becomes byte pieces, so no text is lost
 * @param addDummyPrefix a space is put before each text, so that its first word looks like any other
 */
public record SentencePieceModel(
        Algorithm algorithm,
        List<Piece> pieces,
        int unknownId,
        int beginId,
        int endId,
        boolean byteFallback,
        boolean addDummyPrefix) {
    /** Stands for a space inside pieces. */
    public static final char SPACE = '\u2581';

    public SentencePieceModel {
        pieces = List.copyOf(pieces);
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("Not a SentencePiece model (a .model file): it lists no pieces");
        }
    }

    /**
     * Reads the bytes of a {@code .model} file, a {@code ModelProto}.
     *
     * @throws IllegalArgumentException if the bytes are something else
     */
    public static SentencePieceModel read(byte[] model) {
        return new ModelProto().read(model);
    }

    /**
     * The bytes of a {@code .model} file that leaves text as it is: no normalisation, and all white space kept. A model
     * that came from elsewhere may normalise, so keep its own bytes.
     */
    public byte[] toBytes() {
        return ModelProto.write(this);
    }

    /**
     * One entry of the vocabulary.
     *
     * @param text for a {@link PieceType#BYTE} piece of the form {@code <0x0A>}
     * @param score in BPE the pair with the higher one is joined first; in unigram models a log probability
     */
    public record Piece(String text, float score, PieceType type) {
        /** What a {@link PieceType#BYTE} piece stands for. */
        byte byteValue() {
            if (!text.matches("<0x[0-9A-F]{2}>")) {
                throw new IllegalArgumentException(
                        "Not a SentencePiece model: a byte piece is of the form <0x0A>, not " + text);
            }
            return (byte) Integer.parseInt(text, 3, 5, 16);
        }
    }

    /** What a piece stands for. */
    public enum PieceType {
        /** Text. */
        NORMAL(1),
        /** Any text without a piece. */
        UNKNOWN(2),
        /** No text, such as the end of a text. */
        CONTROL(3),
        /** Text that is never split. */
        USER_DEFINED(4),
        /** Kept for its id, and never the result of encoding. */
        UNUSED(5),
        /** A byte of UTF-8. */
        BYTE(6);

        private final int number;

        PieceType(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /** How text is cut into pieces. */
    public enum Algorithm {
        /** The most probable pieces. */
        UNIGRAM(1),
        /** Byte-pair encoding: joins pairs, best score first. */
        BPE(2),
        /** At spaces. */
        WORD(3),
        /** At every character. */
        CHARACTER(4);

        private final int number;

        Algorithm(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }
}
