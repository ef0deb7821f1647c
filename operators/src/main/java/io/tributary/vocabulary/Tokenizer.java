package io.tributary.vocabulary;

import io.tributary.vocabulary.SentencePieceModel.Piece;
import io.tributary.vocabulary.SentencePieceModel.PieceType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Turns text into token ids and back, with any SentencePiece model. Encoding is done by {@link BpeEncoder}, which is
 * faster, or where the model is not of its kind by SentencePiece's library; decoding here, since the library's own breaks
 * at NUL and at characters beyond the basic plane.
 *
 * <p>With a model of {@link VocabularyTrainer} a decoded text equals the encoded one, but for two kinds of characters:
 * U+2581, which stands for a space in pieces, comes back as a space, and half a surrogate pair as a question mark.
 *
 * <p>It may hold native memory until {@link #close}.
 */
public final class Tokenizer implements AutoCloseable {
    private static final String UNKNOWN_TEXT = " \u2047 ";

    private final List<Piece> pieces;
    private final byte[][] surfaces;
    private final int endOfText;
    private final boolean addDummyPrefix;
    private final Encoder encoder;
    private boolean isClosed;

    private Tokenizer(SentencePieceModel model, Encoder encoder) {
        this.pieces = model.pieces();
        this.surfaces = pieces.stream().map(Tokenizer::surface).toArray(byte[][]::new);
        this.endOfText = model.endId();
        this.addDummyPrefix = model.addDummyPrefix();
        this.encoder = encoder;
    }

    /**
     * Loads a model.
     *
     * @param model the bytes of a {@code .model} file
     * @throws IllegalArgumentException if the bytes are no SentencePiece model, the library refuses it, or it cannot
     *     mark the end of a text
     */
    public static Tokenizer load(byte[] model) {
        SentencePieceModel read = SentencePieceModel.read(model);
        int end = read.endId();
        if (end < 0 || end >= read.pieces().size() || read.pieces().get(end).type() != PieceType.CONTROL) {
            throw new IllegalArgumentException(
                    ("This SentencePiece model has no piece for the end of a text (its eos_id"
                                    + " is %d), but documents are told apart by it: train it with --eos_id=2, say")
                            .formatted(end));
        }
        return new Tokenizer(read, BpeEncoder.of(read, model).orElseGet(() -> new LibraryEncoder(model)));
    }

    /** The token ids of a text, without a mark of its begin or end. */
    public synchronized int[] encode(String text) {
        // Guarded and synchronized: a native call after or during a close ends the whole JVM, and the encoder is for
        // one
        // thread at a time.
        if (isClosed) {
            throw new IllegalStateException("This tokenizer is closed");
        }
        return encoder.encode(text);
    }

    /**
     * The text of token ids. Bytes that are no UTF-8, as at the ends of a slice of a text's ids, become U+FFFD, and
     * control pieces nothing.
     */
    public String decode(int[] ids) {
        ByteArrayOutputStream utf8 = new ByteArrayOutputStream();
        for (int id : ids) {
            utf8.writeBytes(surfaces[checked(id)]);
        }
        String text = utf8.toString(StandardCharsets.UTF_8).replace(SentencePieceModel.SPACE, ' ');
        return addDummyPrefix && text.startsWith(" ") ? text.substring(1) : text;
    }

    /** The UTF-8 bytes that a piece stands for, with U+2581 for a space; none for control pieces. */
    byte[] utf8(int id) {
        return surfaces[checked(id)];
    }

    /** Whether a space is put before each text, which decoding takes away again. */
    boolean addsDummyPrefix() {
        return addDummyPrefix;
    }

    /** How many pieces the vocabulary has; ids are {@code 0..size-1}. */
    public int size() {
        return pieces.size();
    }

    /** The id that marks the end of a text. */
    public int endOfText() {
        return endOfText;
    }

    /** The piece as the model writes it: U+2581 for a space, {@code <0x0A>} for a byte. */
    public String piece(int id) {
        return pieces.get(checked(id)).text();
    }

    @Override
    public synchronized void close() {
        if (!isClosed) {
            isClosed = true;
            encoder.close();
        }
    }

    private int checked(int id) {
        if (id < 0 || id >= pieces.size()) {
            throw new IllegalArgumentException(
                    "%d is no token id: the vocabulary has %d pieces".formatted(id, pieces.size()));
        }
        return id;
    }

    private static byte[] surface(Piece piece) {
        return switch (piece.type()) {
            case NORMAL, USER_DEFINED, UNUSED -> piece.text().getBytes(StandardCharsets.UTF_8);
            case UNKNOWN -> UNKNOWN_TEXT.getBytes(StandardCharsets.UTF_8);
            case CONTROL -> new byte[0];
            case BYTE -> new byte[] {piece.byteValue()};
        };
    }
}
