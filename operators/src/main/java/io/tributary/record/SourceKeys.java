package io.tributary.record;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Chooses the keys of sources so that N of them sit evenly on P subtasks, for every N and P.
 *
 * <p>Plain hashing put up to five sources too many on one subtask. Here source i gets key group {@code floor(128 *
 * frac(0.5 + i * 0.618034))}, a low-discrepancy sequence (the golden ratio), and the smallest key that hashes into it:
 * never more than one source above the even share.
 */
public final class SourceKeys {
    /** Flink's maximum parallelism of the job. It is part of every savepoint, so it never changes. */
    public static final int MAX_PARALLELISM = 128;

    private static final double GOLDEN_RATIO = 0.618033988749895;

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

    /** A source that the configuration does not list: every reader derives the same key from its name. */
    public static SourceId unlisted(String name) {
        return new SourceId(name, name.hashCode());
    }

    static int key(int index) {
        double place = 0.5 + index * GOLDEN_RATIO;
        int group = (int) (MAX_PARALLELISM * (place - Math.floor(place)));
        int key = 0;
        while (KeyGroupRangeAssignment.assignToKeyGroup(key, MAX_PARALLELISM) != group) {
            key++;
        }
        return key;
    }
}
