package io.tributary.vocabulary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The characters that become pieces: the most frequent ones. All others are spelt in byte pieces.
 *
 * @param codePoints most frequent first; the index of a character is its number in training
 */
record Alphabet(List<Integer> codePoints) {
    Alphabet {
        codePoints = List.copyOf(codePoints);
    }

    /** Share of the text's characters that the alphabet covers, SentencePiece's default. */
    private static final double COVERAGE = 0.9995;

    /**
     * Chooses the alphabet of the counted words.
     *
     * @param limit most characters to take, at least one: the space always belongs to them, since a space in byte
     *     pieces could not be told from the character that stands for it
     */
    static Alphabet of(WordCounts words, int limit) {
        long[] counts = new long[Character.MAX_CODE_POINT + 1];
        words.forEach((word, count) -> word.codePoints().forEach(codePoint -> counts[codePoint] += count));
        counts[0] = 0; // SentencePiece has no piece for NUL
        Arrays.fill(counts, Character.MIN_SURROGATE, Character.MAX_SURROGATE + 1, 0);
        double enough = COVERAGE * Arrays.stream(counts).sum();
        List<Integer> taken = new ArrayList<>();
        taken.add((int) SentencePieceModel.SPACE);
        long covered = counts[SentencePieceModel.SPACE];
        for (int codePoint : others(counts)) {
            if (taken.size() >= limit || covered >= enough) {
                break;
            }
            taken.add(codePoint);
            covered += counts[codePoint];
        }
        return new Alphabet(taken);
    }

    /** All characters but the space, most frequent first. */
    private static List<Integer> others(long[] counts) {
        return IntStream.range(0, counts.length)
                .filter(codePoint -> counts[codePoint] > 0 && codePoint != SentencePieceModel.SPACE)
                .boxed()
                .sorted(Comparator.comparingLong((Integer codePoint) -> -counts[codePoint])
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }

    int size() {
        return codePoints.size();
    }
}
