package io.tributary.flow;

import java.util.Arrays;

/**
 * The rows of the shared token embedding that one source holds: V_k. They are in the order of the source's own ids, which
 * only grows.
 */
final class HeldRows {
    private static final int ABSENT = -1;

    private final int rowsOfAShard;
    private int[] held;
    private final int[] ownIds;
    private final int[] inShard;

    /**
     * @param held ids in the table, in the order of the source's own ids
     * @param tableRows rows of the table
     */
    HeldRows(int[] held, int tableRows, int rowsOfAShard) {
        this.held = new int[0];
        this.ownIds = new int[tableRows];
        this.rowsOfAShard = rowsOfAShard;
        this.inShard = new int[(tableRows - 1) / rowsOfAShard + 1];
        Arrays.fill(ownIds, ABSENT);
        grow(held);
    }

    /** Ids in the table, in the order of the source's own ids. */
    int[] held() {
        return held;
    }

    int size() {
        return held.length;
    }

    /** Takes in rows that it did not hold. */
    void grow(int[] more) {
        int size = held.length;
        held = Arrays.copyOf(held, size + more.length);
        for (int row : more) {
            if (row < 0 || row >= ownIds.length || ownIds[row] != ABSENT) {
                throw new IllegalArgumentException("Row %d is held already, or is not one of %d: the state is damaged"
                        .formatted(row, ownIds.length));
            }
            ownIds[row] = size;
            held[size++] = row;
            inShard[row / rowsOfAShard]++;
        }
    }

    /** How many shards have any. */
    int shards() {
        return (int) Arrays.stream(inShard).filter(count -> count > 0).count();
    }

    /** How many lie in a shard. */
    int count(int shard) {
        return inShard[shard];
    }

    /** Those that lie in a shard, counted from the shard's first row, ascending. */
    int[] in(int shard) {
        int first = shard * rowsOfAShard;
        int end = Math.min(first + rowsOfAShard, ownIds.length);
        int[] rows = new int[inShard[shard]];
        int count = 0;
        for (int row = first; row < end; row++) {
            if (ownIds[row] != ABSENT) {
                rows[count++] = row - first;
            }
        }
        return rows;
    }

    /** The source's own ids of rows of a shard, all of which it holds. */
    int[] ownIds(int shard, int[] rows) {
        int first = shard * rowsOfAShard;
        return Arrays.stream(rows).map(row -> ownIds[first + row]).toArray();
    }
}
