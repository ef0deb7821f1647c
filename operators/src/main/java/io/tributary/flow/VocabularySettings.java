package io.tributary.flow;

import java.io.Serializable;
import java.util.Map;

/**
 * Where the vocabulary of a source comes from.
 *
 * @param maxPieces pieces of a trained vocabulary, at most
 * @param bootstrapBytes UTF-8 bytes of the stream that it is trained from
 * @param bootstrapTimeoutMs after this time from the first document, what there is must do
 * @param given SentencePiece models by name of the source, which are used instead
 */
public record VocabularySettings(int maxPieces, long bootstrapBytes, long bootstrapTimeoutMs, Map<String, byte[]> given)
        implements Serializable {
    public VocabularySettings {
        // 3 control pieces and 256 bytes are in every vocabulary.
        if (maxPieces < 260) {
            throw new IllegalArgumentException("A vocabulary needs at least 260 pieces, not " + maxPieces);
        }
        if (bootstrapBytes < 1 || bootstrapTimeoutMs < 1) {
            throw new IllegalArgumentException(
                    "A vocabulary is trained from at least 1 byte and within at least 1 ms, not %d and %d"
                            .formatted(bootstrapBytes, bootstrapTimeoutMs));
        }
        given = Map.copyOf(given);
    }

    /** 32,000 pieces from the first 4 MB, or from what a minute brought. */
    public static VocabularySettings defaults() {
        return new VocabularySettings(32_000, 4_000_000, 60_000, Map.of());
    }
}
