package io.tributary.vocabulary;

import java.util.Arrays;

/**
 * The counted words as chains of symbols. At first a symbol is a character; joining two neighbours makes them one. Each
 * distinct word stands here once, with its count, so the work depends on distinct words and not on the length of the
 * text. A symbol is known by its place, an index that it keeps until its left neighbour swallows it.
 */
final class SymbolChains {
    static final int NONE = -1;

    private final int[] symbols;
    private final int[] next;
    private final int[] previous;
    private final long[] counts;
    private int size;

    /** Chains of the words' characters. One outside the alphabet breaks its word's chain. */
    SymbolChains(WordCounts words, Alphabet alphabet) {
        int[] symbolOf = new int[Character.MAX_CODE_POINT + 1];
        Arrays.fill(symbolOf, NONE);
        for (int symbol = 0; symbol < alphabet.size(); symbol++) {
            symbolOf[alphabet.codePoints().get(symbol)] = symbol;
        }
        int characters = words.totalLength();
        symbols = new int[characters];
        next = new int[characters];
        previous = new int[characters];
        counts = new long[characters];
        words.forEach((word, count) -> append(word, count, symbolOf));
    }

    private void append(String word, long count, int[] symbolOf) {
        int last = NONE;
        for (int i = 0, codePoint; i < word.length(); i += Character.charCount(codePoint)) {
            codePoint = word.codePointAt(i);
            int symbol = symbolOf[codePoint];
            if (symbol == NONE) {
                last = NONE;
                continue;
            }
            symbols[size] = symbol;
            counts[size] = count;
            previous[size] = last;
            next[size] = NONE;
            if (last != NONE) {
                next[last] = size;
            }
            last = size;
            size++;
        }
    }

    /** Places are {@code 0..size-1}. */
    int size() {
        return size;
    }

    int symbol(int place) {
        return symbols[place];
    }

    /** How often the word occurs in the text. */
    long count(int place) {
        return counts[place];
    }

    /** The place after this one, or {@link #NONE}. */
    int next(int place) {
        return next[place];
    }

    /** The place before this one, or {@link #NONE}. */
    int previous(int place) {
        return previous[place];
    }

    /** Whether {@code left} still stands at the place, and {@code right} after it. */
    boolean isPair(int place, int left, int right) {
        return symbols[place] == left && next[place] != NONE && symbols[next[place]] == right;
    }

    /** Makes one symbol of the one at the place and the one after it. */
    void join(int place, int symbol) {
        int swallowed = next[place];
        int after = next[swallowed];
        symbols[place] = symbol;
        symbols[swallowed] = NONE;
        next[place] = after;
        if (after != NONE) {
            previous[after] = place;
        }
    }
}
