package io.tributary.flow;

import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the vocabulary of a source comes from. The first text of a source is what its vocabulary is trained from: its
 * first documents that are not held out.
 *
 * @param maxPieces pieces of a trained vocabulary, at most
 * @param bootstrapBytes UTF-8 bytes of a source's first text, reached with its last document
 * @param bootstrapTimeoutMs after this time from its first document, what there is must do
 * @param given SentencePiece models by name of the source, which are used instead
 * @param global the SentencePiece model of all sources, for variants that have one vocabulary; where it is not given, one
 *     is trained from the first text of all listed sources
 */
public record VocabularySettings(
        int maxPieces, long bootstrapBytes, long bootstrapTimeoutMs, Map<String, byte[]> given, Optional<byte[]> global)
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

    /** Vocabularies of each source's own. */
    public VocabularySettings(int maxPieces, long bootstrapBytes, long bootstrapTimeoutMs, Map<String, byte[]> given) {
        this(maxPieces, bootstrapBytes, bootstrapTimeoutMs, given, Optional.empty());
    }

    /** Java cannot serialize an Optional. */
    private Object writeReplace() {
        return new Written(maxPieces, bootstrapBytes, bootstrapTimeoutMs, given, global.orElse(null));
    }

    private record Written(
            int maxPieces,
            long bootstrapBytes,
            long bootstrapTimeoutMs,
            Map<String, byte[]> given,
            byte @Nullable [] global)
            implements Serializable {
        private Object readResolve() {
            return new VocabularySettings(
                    maxPieces, bootstrapBytes, bootstrapTimeoutMs, given, Optional.ofNullable(global));
        }
    }

    /** 32,000 pieces from the first 4 MB, or from what a minute brought. */
    public static VocabularySettings defaults() {
        return new VocabularySettings(32_000, 4_000_000, 60_000, Map.of());
    }
}
