package io.tributary.record;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Chooses the keys of sources so that N of them sit evenly on P subtasks, for every N and P.
 *
 * <p>Plain hashing put up to five sources too many on one subtask. The first 32 sources get key groups from a table that
 * a greedy search found: in 468 of the 496 cases N = 2..32, P = 1..16 no subtask holds more than the even share, and
 * never more than one above it. Further ones follow a low-discrepancy sequence, {@code floor(128 * frac(0.5 + i *
 * 0.618034))} (the golden ratio).
 */
public final class SourceKeys {
    /** Flink's maximum parallelism of the job. It is part of every savepoint, so it never changes. */
    public static final int MAX_PARALLELISM = 128;

    private static final double GOLDEN_RATIO = 0.618033988749895;

    private static final int[] FIRST_KEY_GROUPS = {
        0, 64, 96, 32, 112, 48, 80, 16, 120, 56, 24, 88, 40, 104, 72, 8, 116, 59, 90, 26, 75, 12, 43, 107, 121, 35, 65,
        18, 97, 52, 82, 1
    };

    private SourceKeys() {}

    /** The configured sources in their order, by name; new ones go to the end of the list, so that none moves. */
    public static Map<String, SourceId> of(List<String> names) {
        Map<String, SourceId> ids = new LinkedHashMap<>();
        for (String name : names) {
            if (ids.put(name, new SourceId(name, key(ids.size()))) != null) {
                throw new IllegalArgumentException("The source '" + name + "' is listed twice");
            }
        }
        return ids;
    }

    /** Configured sources that all train one model, and so have to be in one place. */
    public static Map<String, SourceId> together(List<String> names) {
        Map<String, SourceId> ids = new LinkedHashMap<>();
        of(names).keySet().forEach(name -> ids.put(name, new SourceId(name, key(0))));
        return ids;
    }

    /** A source that the configuration does not list: every reader derives the same key from its name. */
    public static SourceId unlisted(String name) {
        return new SourceId(name, name.hashCode());
    }

    /** The subtask, of so many, that works on this key: a {@link SourceId} or a {@link ShardId}. */
    public static int subtask(Object key, int parallelism) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(key, MAX_PARALLELISM, parallelism);
    }

    /** The smallest key that Flink hashes into the key group of the source with this index. */
    static int key(int index) {
        int group = keyGroup(index);
        int key = 0;
        while (KeyGroupRangeAssignment.assignToKeyGroup(key, MAX_PARALLELISM) != group) {
            key++;
        }
        return key;
    }

    private static int keyGroup(int index) {
        if (index < FIRST_KEY_GROUPS.length) {
            return FIRST_KEY_GROUPS[index];
        }
        double place = 0.5 + index * GOLDEN_RATIO;
        return (int) (MAX_PARALLELISM * (place - Math.floor(place)));
    }
}
