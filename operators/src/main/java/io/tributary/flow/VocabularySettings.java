package io.tributary.flow;

import io.tributary.vocabulary.VocabularyTrainer;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the vocabulary of a source comes from. The first text of a source is what its vocabulary is trained from: its
 * first documents that are not held out.
 *
 * @param maxPieces pieces of a trained vocabulary, at most
 * @param ownMaxPieces the same by name of the source, for those that differ; only of vocabularies of a source's own
 * @param bootstrapBytes UTF-8 bytes of a source's first text, reached with its last document
 * @param bootstrapTimeoutMs after this time from its first document, what there is must do
 * @param given SentencePiece models by name of the source, which are used instead
 * @param global the SentencePiece model of all sources, for variants that have one vocabulary; where it is not given, one
 *     is trained from the first text of all listed sources
 */
public record VocabularySettings(
        int maxPieces,
        Map<String, Integer> ownMaxPieces,
        long bootstrapBytes,
        long bootstrapTimeoutMs,
        Map<String, byte[]> given,
        Optional<byte[]> global)
        implements Serializable {
    public VocabularySettings {
        requirePieces(maxPieces);
        ownMaxPieces = Map.copyOf(ownMaxPieces);
        ownMaxPieces.values().forEach(VocabularySettings::requirePieces);
        if (bootstrapBytes < 1 || bootstrapTimeoutMs < 1) {
            throw new IllegalArgumentException(
                    "A vocabulary is trained from at least 1 byte and within at least 1 ms, not %d and %d"
                            .formatted(bootstrapBytes, bootstrapTimeoutMs));
        }
        given = Map.copyOf(given);
    }

    private static void requirePieces(int maxPieces) {
        if (maxPieces < VocabularyTrainer.MIN_PIECES) {
            throw new IllegalArgumentException(
                    "A vocabulary needs at least %d pieces, not %d".formatted(VocabularyTrainer.MIN_PIECES, maxPieces));
        }
    }

    /** Where trained vocabularies are of one size. */
    public VocabularySettings(
            int maxPieces,
            long bootstrapBytes,
            long bootstrapTimeoutMs,
            Map<String, byte[]> given,
            Optional<byte[]> global) {
        this(maxPieces, Map.of(), bootstrapBytes, bootstrapTimeoutMs, given, global);
    }

    /** Vocabularies of each source's own, of one size where they are trained. */
    public VocabularySettings(int maxPieces, long bootstrapBytes, long bootstrapTimeoutMs, Map<String, byte[]> given) {
        this(maxPieces, bootstrapBytes, bootstrapTimeoutMs, given, Optional.empty());
    }

    /** Pieces of the vocabulary that is trained for this source, at most. */
    public int maxPieces(String source) {
        return ownMaxPieces.getOrDefault(source, maxPieces);
    }

    /** The same with other models that are used instead of trained ones. */
    public VocabularySettings with(Map<String, byte[]> given, Optional<byte[]> global) {
        return new VocabularySettings(maxPieces, ownMaxPieces, bootstrapBytes, bootstrapTimeoutMs, given, global);
    }

    /** Java cannot serialize an Optional. */
    private Object writeReplace() {
        return new Written(maxPieces, ownMaxPieces, bootstrapBytes, bootstrapTimeoutMs, given, global.orElse(null));
    }

    private record Written(
            int maxPieces,
            Map<String, Integer> ownMaxPieces,
            long bootstrapBytes,
            long bootstrapTimeoutMs,
            Map<String, byte[]> given,
            byte @Nullable [] global)
            implements Serializable {
        private Object readResolve() {
            return new VocabularySettings(
                    maxPieces, ownMaxPieces, bootstrapBytes, bootstrapTimeoutMs, given, Optional.ofNullable(global));
        }
    }

    /** 32,000 pieces from the first 4 MB, or from what a minute brought. */
    public static VocabularySettings defaults() {
        return new VocabularySettings(32_000, 4_000_000, 60_000, Map.of());
    }
}
