package io.tributary.vocabulary;

import java.util.Arrays;

/**
 * Pairs of neighbouring symbols: a hash table that numbers them from 0, and what is known of each. Columns of
 * primitives, since a training meets millions of pairs.
 */
final class PairTable {
    static final int NONE = -1;

    /** 2^64 over the golden ratio: multiplying spreads close numbers over the upper bits. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    /** Open addressing: the number of the pair, or {@link #NONE}; a power of two, at most half full. */
    private int[] slots = emptySlots(1 << 16);

    private long[] keys = new long[1 << 15];
    private long[] counts = new long[1 << 15];
    private int[][] places = new int[1 << 15][];
    private int[] placeCounts = new int[1 << 15];
    private int size;

    /** The number of the pair, or {@link #NONE}. */
    int find(int left, int right) {
        return slots[slot(key(left, right))];
    }

    /** The number of the pair, a new one with count 0 if it was not known. */
    int findOrAdd(int left, int right) {
        long key = key(left, right);
        int slot = slot(key);
        if (slots[slot] != NONE) {
            return slots[slot];
        }
        if (size == keys.length) {
            grow();
            slot = slot(key);
        }
        keys[size] = key;
        slots[slot] = size;
        return size++;
    }

    int size() {
        return size;
    }

    int left(int pair) {
        return (int) (keys[pair] >>> Integer.SIZE);
    }

    int right(int pair) {
        return (int) keys[pair];
    }

    /** How often the pair occurs in the text. */
    long count(int pair) {
        return counts[pair];
    }

    void addCount(int pair, long change) {
        counts[pair] += change;
    }

    /** Notes a place where the pair begins; nobody takes it back when the pair goes from there. */
    void addPlace(int pair, int place) {
        int count = placeCounts[pair]++;
        if (count == 0) {
            places[pair] = new int[2];
        } else if (count == places[pair].length) {
            places[pair] = Arrays.copyOf(places[pair], 2 * count);
        }
        places[pair][count] = place;
    }

    /** The noted places, ascending. The pair is as new after it: no count, no places. */
    int[] takePlaces(int pair) {
        int[] taken = placeCounts[pair] == 0 ? new int[0] : Arrays.copyOf(places[pair], placeCounts[pair]);
        Arrays.sort(taken);
        places[pair] = new int[0];
        placeCounts[pair] = 0;
        counts[pair] = 0;
        return taken;
    }

    private static long key(int left, int right) {
        return ((long) left << Integer.SIZE) | right;
    }

    /** Where the key is, or the empty slot where it belongs. */
    private int slot(long key) {
        int mask = slots.length - 1;
        int slot = (int) ((key * SPREAD) >>> Integer.SIZE) & mask;
        while (slots[slot] != NONE && keys[slots[slot]] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        int capacity = 2 * size;
        keys = Arrays.copyOf(keys, capacity);
        counts = Arrays.copyOf(counts, capacity);
        places = Arrays.copyOf(places, capacity);
        placeCounts = Arrays.copyOf(placeCounts, capacity);
        slots = emptySlots(2 * capacity);
        for (int pair = 0; pair < size; pair++) {
            slots[slot(keys[pair])] = pair;
        }
    }

    private static int[] emptySlots(int length) {
        int[] empty = new int[length];
        Arrays.fill(empty, NONE);
        return empty;
    }
}
