package io.tributary.config;

import java.util.OptionalLong;

/**
 * One source of text.
 *
 * @param pieces the size of its own vocabulary, where it has one
 * @param heldPieces |V_k|, the pieces of the global vocabulary that occur in its text
 * @param sequenceLength T of its rows
 * @param sizeBytes its text, of which its share in a mixture follows
 */
public record SourceSettings(String name, int pieces, int heldPieces, int sequenceLength, OptionalLong sizeBytes) {
    public SourceSettings {
        if (name.isBlank() || pieces < 1 || heldPieces < 1 || sequenceLength < 1) {
            throw new IllegalArgumentException(
                    "A source has a name, at least 1 piece of each kind and rows of at least 1 token, not '%s', %d, %d and %d"
                            .formatted(name, pieces, heldPieces, sequenceLength));
        }
    }
}
