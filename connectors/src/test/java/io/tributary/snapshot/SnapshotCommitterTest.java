package io.tributary.snapshot;

import static io.tributary.snapshot.SnapshotFixture.FACTS;
import static io.tributary.snapshot.SnapshotFixture.ROUND;
import static io.tributary.snapshot.SnapshotFixture.first;
import static io.tributary.snapshot.SnapshotFixture.second;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.SnapshotPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.core.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotCommitterTest {
    /** More changes than a commit makes. */
    private static final int ENOUGH = 100;

    @TempDir
    java.nio.file.Path folder;

    private String scheme = CrashingFileSystem.SCHEME;

    @SuppressWarnings("NullAway.Init")
    private Path root;

    @BeforeEach
    void chooseRoot() {
        root = root("snapshots");
    }

    @AfterEach
    void repairFileSystem() {
        CrashingFileSystem.neverCrash();
    }

    @Test
    void wholeMeansEveryKeyGroup() {
        assertThat(SnapshotCommitter.whole(List.of())).isFalse();
        assertThat(SnapshotCommitter.whole(List.of(empty(0, 127)))).isTrue();
        assertThat(SnapshotCommitter.whole(List.of(empty(64, 127), empty(0, 62))))
                .isFalse();
        assertThat(SnapshotCommitter.whole(List.of(empty(64, 127), empty(0, 62), empty(10, 63))))
                .isTrue();
    }

    @Test
    void partsThatDoNotCoverAllAreRefused() throws IOException {
        SnapshotPart first = first(root, 1);

        assertThatThrownBy(() -> committer().commit(ROUND, List.of(first)))
                .hasMessageContaining("do not cover all key groups");
    }

    @Test
    void snapshotWithoutABodyIsRefused() {
        assertThatThrownBy(() -> committer().commit(ROUND, List.of(empty(0, 127))))
                .hasMessageContaining("none has a body");
    }

    @Test
    void fileThatHasGoneIsNamed() throws IOException {
        List<SnapshotPart> parts = List.of(first(root, 1), second(root, 1));
        Files.delete(folder.resolve("snapshots/.round-000012.tmp/sources/arxiv/tokenizer.model"));

        assertThatThrownBy(() -> committer().commit(ROUND, parts))
                .hasMessageContaining("sources/arxiv/tokenizer.model of 5 bytes");
    }

    @Test
    void writtenPartsAloneAreNotASnapshot() throws IOException {
        first(root, 1);
        second(root, 1);

        assertThat(Snapshot.latest(root)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {CrashingFileSystem.SCHEME, CrashingFileSystem.STORE})
    void crashAnywhereLeavesNoHalfSnapshotAndASecondCommitFinishes(String fileSystem) throws IOException {
        scheme = fileSystem;
        boolean crashed = true;
        int changes = 0;
        for (; crashed && changes < ENOUGH; changes++) {
            root = root("fresh-" + changes);
            List<SnapshotPart> parts = List.of(first(root, 1), second(root, 1));
            // Left by an attempt that knew one more source.
            SnapshotFixture.part(root, 1, 2, 1, "stray", 3);

            crashed = commitCrashes(parts, changes);

            Optional<Path> latest = Snapshot.latest(root);
            if (latest.isPresent()) {
                Snapshot.open(latest.get()).verifyChecksums();
            }
            assertOnlySnapshotHolds(committer().commit(ROUND, parts), 1);
        }
        assertThat(changes).isBetween(4, ENOUGH - 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {CrashingFileSystem.SCHEME, CrashingFileSystem.STORE})
    void crashWhileReplacingLeavesTheOldOrTheNewOrNoneAndASecondCommitFinishes(String fileSystem) throws IOException {
        scheme = fileSystem;
        boolean crashed = true;
        int changes = 0;
        for (; crashed && changes < ENOUGH; changes++) {
            root = root("replacing-" + changes);
            committer().commit(ROUND, List.of(first(root, 1), second(root, 1)));
            List<SnapshotPart> parts = List.of(first(root, 2), second(root, 2));

            crashed = commitCrashes(parts, changes);

            Optional<Path> latest = Snapshot.latest(root);
            if (latest.isPresent()) {
                Snapshot.open(latest.get()).verifyChecksums();
            }
            assertOnlySnapshotHolds(committer().commit(ROUND, parts), 2);
        }
        assertThat(changes).isBetween(5, ENOUGH - 1);
    }

    @Test
    void equalSnapshotIsLeftAlone() throws IOException {
        Path snapshot = committer().commit(ROUND, List.of(first(root, 1), second(root, 1)));
        java.nio.file.Path manifest = java.nio.file.Path.of(snapshot.getPath(), "manifest.json");
        Object identity =
                Files.readAttributes(manifest, BasicFileAttributes.class).fileKey();

        committer().commit(ROUND, List.of(first(root, 1), second(root, 1)));

        assertOnlySnapshotHolds(snapshot, 1);
        assertThat(Files.readAttributes(manifest, BasicFileAttributes.class).fileKey())
                .isEqualTo(identity);
    }

    @ParameterizedTest
    @ValueSource(strings = {CrashingFileSystem.SCHEME, CrashingFileSystem.STORE})
    void filesThatAnEarlierCommitMovedAreTakenFromThere(String fileSystem) throws IOException {
        scheme = fileSystem;
        root = root("snapshots");
        SnapshotPart first = first(root, 1);
        committer().commit(ROUND, List.of(first, second(root, 1)));

        // Back at a checkpoint that holds the first part; the second is written again, with other values.
        SnapshotPart second = second(root, 5);
        Path snapshot = committer().commit(ROUND, List.of(first, second));

        assertOnlySnapshotHolds(snapshot, 1);
        try (SafetensorsReader other = Snapshot.open(snapshot).embeddings("..")) {
            assertThat(other.read(SnapshotWriter.TOKEN_EMBEDDING)).startsWith(6);
        }
    }

    @Test
    void ofAFileInSeveralPartsTheLastCounts() throws IOException {
        SnapshotPart before = first(root, 1);
        SnapshotPart after = first(root, 2);

        assertOnlySnapshotHolds(committer().commit(ROUND, List.of(before, second(root, 2), after)), 2);
    }

    private boolean commitCrashes(List<SnapshotPart> parts, int changes) {
        CrashingFileSystem.crashAfter(changes);
        try {
            committer().commit(ROUND, parts);
            return false;
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("crashed");
            return true;
        } finally {
            CrashingFileSystem.neverCrash();
        }
    }

    private void assertOnlySnapshotHolds(Path folder, float bodyValue) throws IOException {
        Snapshot snapshot = Snapshot.open(folder);
        snapshot.verifyChecksums();
        try (SafetensorsReader body = snapshot.body()) {
            assertThat(body.read("blocks.0.weight")).startsWith(bodyValue);
        }
        assertThat(snapshot.sources()).containsExactly("..", "arxiv");
        assertThat(names(java.nio.file.Path.of(root.getPath()))).containsExactly("round-000012");
        assertThat(names(java.nio.file.Path.of(folder.getPath(), "sources")))
                .containsExactlyInAnyOrder("%2E.", "arxiv");
    }

    private static List<String> names(java.nio.file.Path folder) throws IOException {
        try (Stream<java.nio.file.Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private Path root(String name) {
        return new Path(scheme + "://" + folder.resolve(name));
    }

    private SnapshotCommitter committer() {
        return new SnapshotCommitter(root, FACTS);
    }

    private static SnapshotPart empty(int firstKeyGroup, int lastKeyGroup) {
        return new SnapshotPart(ROUND, firstKeyGroup, lastKeyGroup, List.of());
    }
}
