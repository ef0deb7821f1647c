package io.tributary.vocabulary;

import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The ids of one source: those of its vocabulary, or where it holds only some pieces of a shared one, its own, which are
 * the rows of its token embedding.
 */
public final class SourceTokenizer implements AutoCloseable {
    private final Tokenizer tokenizer;
    private final Optional<HeldPieces> pieces;
    private final int[] modelIds;

    /**
     * Loads a vocabulary.
     *
     * @param model the bytes of a {@code .model} file
     * @param held ids in the model of the pieces that the source has embeddings of, row by row; none if it has all
     * @throws IllegalArgumentException if the model cannot be used, or the held pieces are of another one
     */
    public SourceTokenizer(byte[] model, Optional<int[]> held) {
        pieces =
                held.map(ids -> HeldPieces.restore(new PieceSplitter(SentencePieceModel.read(model)), ids, new int[0]));
        tokenizer = Tokenizer.load(model);
        modelIds = held.orElseGet(() -> IntStream.range(0, tokenizer.size()).toArray());
    }

    /** V, the pieces that the source has; ids are {@code 0..size-1}. */
    public int size() {
        return modelIds.length;
    }

    /** The token ids of a text, without a mark of its begin or end. */
    public int[] encode(String text) {
        int[] ids = tokenizer.encode(text);
        return pieces.map(held -> held.encode(ids)).orElse(ids);
    }

    /** The id that marks the end of a text. */
    public int endOfText() {
        int id = tokenizer.endOfText();
        return pieces.map(held -> held.ownId(id)).orElse(id);
    }

    /** Turns the source's ids into text while they come. */
    public PieceDecoder decoder() {
        return new PieceDecoder(tokenizer, id -> modelIds[id]);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
