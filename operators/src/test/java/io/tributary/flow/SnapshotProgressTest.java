package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.flow.SnapshotProgress.Range;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.junit.jupiter.api.Test;

class SnapshotProgressTest {
    @Test
    void aSubtaskOwesAllOfItsKeyGroupsOnce() {
        SnapshotProgress progress = new SnapshotProgress(KeyGroupRange.of(10, 20));

        assertThat(progress.due(4)).containsExactly(new Range(10, 20));
        progress.done(4);
        assertThat(progress.due(4)).isEmpty();
        assertThat(progress.due(8)).containsExactly(new Range(10, 20));
    }

    @Test
    void afterARescaleOnlyTheKeyGroupsThatHadNotWrittenAreDue() {
        SnapshotProgress progress = new SnapshotProgress(KeyGroupRange.of(0, 9));
        for (int group = 3; group < 6; group++) {
            progress.restore(group, 4);
        }

        assertThat(progress.due(4)).containsExactly(new Range(0, 2), new Range(6, 9));
    }
}
