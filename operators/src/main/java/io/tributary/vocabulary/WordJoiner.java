package io.tributary.vocabulary;

import java.util.Arrays;

/**
 * Joins the characters of one word to pieces, best score first and leftmost among equals, until no two neighbours are a
 * piece together. A heap holds the possible joins, so a word of n characters takes O(n log n), and a text may be one word.
 */
final class WordJoiner {
    private static final int NONE = -1;

    /** Up to here looking through all joins takes less time than the heap. */
    private static final int MAX_SCANNED_LENGTH = 32;

    private final JoinTable table;
    private final int[] ranks;

    /** What stands at each place, as the id of a piece. A place whose symbol was joined to one before it is out of use. */
    private final int[] symbols;
    /** What the symbol of each place makes with its next one, or a negative number; so for places out of use. */
    private final int[] joins;

    private final int[] next;
    private final int[] previous;

    /**
     * A binary heap of joins, each as its rank and, in the lower bits, its left place. What is outdated stays in it until
     * its turn: n - 1 joins at first, and each of at most n - 1 turns takes one out and adds two.
     */
    private final long[] heap;

    private int heapSize;

    /**
     * @param ranks by id; the lower is joined first
     * @param symbols the word's characters, as ids; changed
     */
    private WordJoiner(JoinTable table, int[] ranks, int[] symbols) {
        this.table = table;
        this.ranks = ranks;
        this.symbols = symbols;
        joins = new int[symbols.length];
        next = new int[symbols.length];
        previous = new int[symbols.length];
        heap = new long[2 * symbols.length];
    }

    /** The ids of the pieces that these characters become. */
    static int[] join(JoinTable table, int[] ranks, int[] characters) {
        return characters.length <= MAX_SCANNED_LENGTH
                ? joinByScanning(table, ranks, characters)
                : new WordJoiner(table, ranks, characters.clone()).run();
    }

    /** Looks for the best join among all of them each time, in arrays without gaps. */
    private static int[] joinByScanning(JoinTable table, int[] ranks, int[] characters) {
        int[] symbols = characters.clone();
        int[] joins = new int[symbols.length];
        int last = symbols.length - 1;
        for (int place = 0; place < last; place++) {
            joins[place] = table.get(symbols[place], symbols[place + 1]);
        }
        while (true) {
            int best = NONE;
            int bestRank = Integer.MAX_VALUE;
            for (int place = 0; place < last; place++) {
                if (joins[place] >= 0 && ranks[joins[place]] < bestRank) {
                    best = place;
                    bestRank = ranks[joins[place]];
                }
            }
            if (best == NONE) {
                return Arrays.copyOf(symbols, last + 1);
            }
            symbols[best] = joins[best];
            System.arraycopy(symbols, best + 2, symbols, best + 1, last - best - 1);
            System.arraycopy(joins, best + 1, joins, best, last - best - 1);
            last--;
            if (best < last) {
                joins[best] = table.get(symbols[best], symbols[best + 1]);
            }
            if (best > 0) {
                joins[best - 1] = table.get(symbols[best - 1], symbols[best]);
            }
        }
    }

    private int[] run() {
        for (int place = 0; place < symbols.length; place++) {
            previous[place] = place - 1;
            next[place] = place + 1 < symbols.length ? place + 1 : NONE;
        }
        for (int place = 0; place < symbols.length; place++) {
            meet(place);
        }
        while (heapSize > 0) {
            long best = poll();
            int place = (int) best;
            // Outdated if the place makes something else by now. Equal ranks are equal turns, so it may be another
            // join.
            if (joins[place] >= 0 && ranks[joins[place]] == (int) (best >>> Integer.SIZE)) {
                joinAt(place);
            }
        }
        int count = 0;
        for (int place = 0; place != NONE; place = next[place]) {
            symbols[count++] = symbols[place];
        }
        return Arrays.copyOf(symbols, count);
    }

    private void joinAt(int place) {
        int gone = next[place];
        symbols[place] = joins[place];
        joins[gone] = JoinTable.APART;
        next[place] = next[gone];
        if (next[place] != NONE) {
            previous[next[place]] = place;
        }
        meet(place);
        if (previous[place] != NONE) {
            meet(previous[place]);
        }
    }

    /** Looks up what the symbol of a place makes with its next one. */
    private void meet(int place) {
        joins[place] = next[place] == NONE ? JoinTable.APART : table.get(symbols[place], symbols[next[place]]);
        if (joins[place] >= 0) {
            add(((long) ranks[joins[place]] << Integer.SIZE) | place);
        }
    }

    private void add(long join) {
        int index = heapSize++;
        while (index > 0 && join < heap[(index - 1) / 2]) {
            heap[index] = heap[(index - 1) / 2];
            index = (index - 1) / 2;
        }
        heap[index] = join;
    }

    private long poll() {
        long first = heap[0];
        long last = heap[--heapSize];
        int index = 0;
        for (int child = 1; child < heapSize; child = 2 * index + 1) {
            if (child + 1 < heapSize && heap[child + 1] < heap[child]) {
                child++;
            }
            if (last <= heap[child]) {
                break;
            }
            heap[index] = heap[child];
            index = child;
        }
        heap[index] = last;
        return first;
    }
}
