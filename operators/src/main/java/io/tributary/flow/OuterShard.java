package io.tributary.flow;

import io.tributary.record.SourceId;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The outer step's state of one shard.
 *
 * @param round the round that starts from these values
 * @param thetaN the values
 * @param momentaKN what the outer optimizer remembers between rounds
 * @param holders the rows that each source holds, where sources hold rows
 */
record OuterShard(long round, float[] thetaN, float[][] momentaKN, SortedMap<SourceId, int[]> holders) {
    public OuterShard {
        if (round < 0) {
            throw new IllegalArgumentException("Rounds begin at 0, not at " + round);
        }
        holders = Collections.unmodifiableSortedMap(new TreeMap<>(holders));
    }

    /** Those of some rows that a source does not hold yet. */
    int[] notHeldBy(SourceId source, int[] rows) {
        int[] held = holders.getOrDefault(source, new int[0]);
        return Arrays.stream(rows)
                .filter(row -> Arrays.binarySearch(held, row) < 0)
                .toArray();
    }

    /** With a source that holds these rows from now on; without any rows it is forgotten. */
    OuterShard with(SourceId source, int[] rows) {
        SortedMap<SourceId, int[]> more = new TreeMap<>(holders);
        if (rows.length == 0) {
            more.remove(source);
        } else {
            more.put(source, rows);
        }
        return new OuterShard(round, thetaN, momentaKN, more);
    }
}
