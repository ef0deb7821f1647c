package io.tributary.snapshot;

import static io.tributary.snapshot.SnapshotFixture.FACTS;
import static io.tributary.snapshot.SnapshotFixture.ROUND;
import static io.tributary.snapshot.SnapshotFixture.first;
import static io.tributary.snapshot.SnapshotFixture.part;
import static io.tributary.snapshot.SnapshotFixture.second;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.SnapshotPart;
import io.tributary.record.SourceKeys;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotCommitOperatorTest {
    @TempDir
    java.nio.file.Path folder;

    @SuppressWarnings("NullAway.Init")
    private Path root;

    @SuppressWarnings("NullAway.Init")
    private KeyedOneInputStreamOperatorTestHarness<Long, SnapshotPart, String> operator;

    @BeforeEach
    void open() throws Exception {
        root = Path.fromLocalFile(folder.resolve("snapshots").toFile());
        operator = harness();
        operator.open();
    }

    @AfterEach
    void close() throws Exception {
        operator.close();
    }

    @Test
    void commitsWhenTheLastKeyGroupIsCovered() throws Exception {
        receive(first(root, 1));
        receive(part(root, 64, 126, 1, "news", 3));
        assertThat(operator.extractOutputValues()).isEmpty();
        assertThat(Snapshot.latest(root)).isEmpty();

        receive(part(root, 127, 127, 1, "..", 3));

        assertThat(operator.extractOutputValues()).containsExactly(new Path(root, "round-000012").toString());
        assertThat(Snapshot.open(new Path(root, "round-000012")).sources()).containsExactly("..", "arxiv", "news");
    }

    @Test
    void partsSurviveARestoreAndOverlapAfterARescale() throws Exception {
        receive(first(root, 1));
        restart();
        receive(part(root, 32, 95, 1, "news", 3));
        restart();
        assertThat(operator.extractOutputValues()).isEmpty();

        receive(part(root, 96, 127, 1, "..", 3));

        assertThat(operator.extractOutputValues()).hasSize(1);
        Snapshot.open(new Path(root, "round-000012")).verifyChecksums();
    }

    @Test
    void partReplayedForACommittedRoundIsIgnored() throws Exception {
        receive(first(root, 1));
        receive(second(root, 1));
        assertThat(operator.numKeyedStateEntries()).isEqualTo(1);
        restart();

        receive(new SnapshotPart(ROUND, 0, 127, first(root, 2).files()));

        assertThat(operator.extractOutputValues()).isEmpty();
        try (SafetensorsReader body =
                Snapshot.open(new Path(root, "round-000012")).body()) {
            assertThat(body.read("blocks.0.weight")).startsWith(1);
        }
    }

    @Test
    void roundsAreKeptApart() throws Exception {
        receive(first(root, 1));
        receive(new SnapshotPart(ROUND + 1, 64, 127, second(root, 1).files()));

        assertThat(operator.extractOutputValues()).isEmpty();
        assertThat(operator.numKeyedStateEntries()).isEqualTo(2);
    }

    @Test
    void commitAfterGoingBackToAnOlderCheckpointGivesTheSameSnapshot() throws Exception {
        receive(first(root, 1));
        OperatorSubtaskState checkpoint = operator.snapshot(1, 1);
        receive(second(root, 1));

        restore(checkpoint);
        receive(second(root, 1));

        assertThat(operator.extractOutputValues()).hasSize(1);
        Snapshot.open(new Path(root, "round-000012")).verifyChecksums();
    }

    private void receive(SnapshotPart part) throws Exception {
        operator.processElement(part, 0);
    }

    private void restart() throws Exception {
        restore(operator.snapshot(1, 1));
    }

    private void restore(OperatorSubtaskState checkpoint) throws Exception {
        operator.close();
        operator = harness();
        operator.initializeState(checkpoint);
        operator.open();
    }

    private KeyedOneInputStreamOperatorTestHarness<Long, SnapshotPart, String> harness() throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new SnapshotCommitOperator(new SnapshotCommitter(root, FACTS))),
                SnapshotPart::round,
                Types.LONG,
                SourceKeys.MAX_PARALLELISM,
                1,
                0);
    }
}
