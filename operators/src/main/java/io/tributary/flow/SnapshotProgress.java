package io.tributary.flow;

import io.tributary.record.SourceId;
import io.tributary.record.SourceKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * Up to which round the key groups of a subtask are in snapshots. Kept per key group, since a rescale brings together
 * key groups of subtasks of which one had written its share and the other had not.
 */
final class SnapshotProgress {
    private final int first;
    private final long[] rounds;

    /** Key groups from first to last, inclusive. */
    record Range(int first, int last) {
        boolean holds(SourceId source) {
            int group = KeyGroupRangeAssignment.assignToKeyGroup(source, SourceKeys.MAX_PARALLELISM);
            return first <= group && group <= last;
        }
    }

    SnapshotProgress(KeyGroupRange range) {
        first = range.getStartKeyGroup();
        rounds = new long[range.getNumberOfKeyGroups()];
    }

    long round(int keyGroup) {
        return rounds[keyGroup - first];
    }

    void restore(int keyGroup, long round) {
        rounds[keyGroup - first] = round;
    }

    /** The runs of key groups that the snapshot of a round still lacks. */
    List<Range> due(long round) {
        List<Range> due = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= rounds.length; i++) {
            boolean lacks = i < rounds.length && rounds[i] < round;
            if (lacks && start < 0) {
                start = i;
            } else if (!lacks && start >= 0) {
                due.add(new Range(first + start, first + i - 1));
                start = -1;
            }
        }
        return due;
    }

    void done(long round) {
        Arrays.setAll(rounds, i -> Math.max(rounds[i], round));
    }
}
