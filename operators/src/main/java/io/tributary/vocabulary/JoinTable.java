package io.tributary.vocabulary;

import java.util.Arrays;

/**
 * What becomes of two pieces that stand side by side: the piece that they make together. A hash table of primitives with
 * open addressing, since encoding asks it once or more for each character.
 */
final class JoinTable {
    /** The two are side by side in no piece, so nothing is ever joined across the border between them. */
    static final int APART = -1;
    /** The two are side by side within some piece, but are no piece together. */
    static final int INSIDE = -2;

    /** 2^64 over the golden ratio: multiplying spreads close numbers over the upper bits. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private long[] keys = new long[1 << 10];
    /** {@link #APART} where the slot is empty; a power of two, at most half full. */
    private int[] joins = emptySlots(1 << 10);

    private int size;

    /** The id of the piece that the two make, or one of the two constants. */
    int get(int left, int right) {
        return joins[slot(key(left, right))];
    }

    void put(int left, int right, int joined) {
        if (2 * size >= keys.length) {
            grow();
        }
        int slot = slot(key(left, right));
        if (joins[slot] == APART) {
            size++;
        }
        keys[slot] = key(left, right);
        joins[slot] = joined;
    }

    private static long key(int left, int right) {
        return ((long) left << Integer.SIZE) | Integer.toUnsignedLong(right);
    }

    /** Where the key is, or the empty slot where it belongs. */
    private int slot(long key) {
        int mask = keys.length - 1;
        int slot = (int) ((key * SPREAD) >>> Integer.SIZE) & mask;
        while (joins[slot] != APART && keys[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldJoins = joins;
        keys = new long[2 * oldKeys.length];
        joins = emptySlots(keys.length);
        for (int old = 0; old < oldKeys.length; old++) {
            if (oldJoins[old] != APART) {
                int slot = slot(oldKeys[old]);
                keys[slot] = oldKeys[old];
                joins[slot] = oldJoins[old];
            }
        }
    }

    private static int[] emptySlots(int length) {
        int[] empty = new int[length];
        Arrays.fill(empty, APART);
        return empty;
    }
}
