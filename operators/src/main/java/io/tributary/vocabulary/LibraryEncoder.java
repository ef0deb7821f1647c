package io.tributary.vocabulary;

import ai.djl.engine.EngineException;
import ai.djl.sentencepiece.SpTokenizer;

/**
 * SentencePiece's own library: encodes with any model. It holds native memory until {@link #close}; to close twice, or to
 * encode after it, ends the whole JVM.
 */
final class LibraryEncoder implements Encoder {
    private final SpTokenizer library;

    /** Throws IllegalArgumentException if the library refuses the model. */
    LibraryEncoder(byte[] model) {
        try {
            library = new SpTokenizer(model);
        } catch (EngineException e) {
            throw new IllegalArgumentException("SentencePiece refuses this model: " + e.getMessage(), e);
        }
    }

    @Override
    public int[] encode(String text) {
        return library.getProcessor().encode(text);
    }

    @Override
    public void close() {
        library.close();
    }
}
