package io.tributary.snapshot;

import static io.tributary.snapshot.SnapshotFixture.FACTS;
import static io.tributary.snapshot.SnapshotFixture.ROUND;
import static io.tributary.snapshot.SnapshotFixture.first;
import static io.tributary.snapshot.SnapshotFixture.second;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.flink.core.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotTest {
    @TempDir
    java.nio.file.Path folder;

    @SuppressWarnings("NullAway.Init")
    private Path root;

    @BeforeEach
    void chooseRoot() {
        root = Path.fromLocalFile(folder.resolve("snapshots").toFile());
    }

    @Test
    void bodyAndSourcesComeBack() throws IOException {
        Snapshot snapshot = Snapshot.open(commit(root));

        snapshot.verifyChecksums();
        assertThat(snapshot.round()).isEqualTo(ROUND);
        assertThat(snapshot.sources()).containsExactly("..", "arxiv");
        assertThat(snapshot.manifest().facts()).isEqualTo(FACTS);
        assertThat(snapshot.manifest().sources().values())
                .extracting(Manifest.Source::pieces)
                .containsExactly(6L, 5L);
        assertThat(snapshot.tokenizer("..")).isEqualTo(SnapshotFixture.model(".."));
        try (SafetensorsReader body = snapshot.body();
                SafetensorsReader embeddings = snapshot.embeddings("arxiv")) {
            assertThat(body.read("blocks.0.weight")).hasSize(8).startsWith(1, 1.001f);
            assertThat(embeddings.shape("token_embedding")).containsExactly(5L, 4L);
            assertThat(embeddings.read("position_embedding")).hasSize(12).startsWith(3, 3.001f);
        }
    }

    @Test
    void theNewestIsFoundWhileOthersAreBeingFinished() throws Exception {
        Path committed = commit(root);
        java.nio.file.Path all = folder.resolve("snapshots");
        AtomicBoolean found = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            for (long round = 0; !found.get(); round = (round + 1) % ROUND) {
                try {
                    java.nio.file.Path unfinished =
                            Files.createDirectory(all.resolve(".round-%06d.tmp".formatted(round)));
                    java.nio.file.Path finished = all.resolve("round-%06d".formatted(round));
                    Files.deleteIfExists(finished);
                    Files.move(unfinished, finished);
                    // About as long as a look takes, so that some are spoilt and not all.
                    LockSupport.parkNanos(500_000);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        writer.start();
        try {
            for (int look = 0; look < 500; look++) {
                assertThat(Snapshot.latest(root)).contains(committed);
            }
        } finally {
            found.set(true);
            writer.join();
        }
    }

    @Test
    void layoutIsTheOneThatUsersKnow() throws IOException {
        commit(root);

        assertThat(tree(folder.resolve("snapshots")).keySet())
                .containsExactly(
                        "round-000012/body.safetensors",
                        "round-000012/manifest.json",
                        "round-000012/sources/%2E./embeddings.safetensors",
                        "round-000012/sources/%2E./tokenizer.model",
                        "round-000012/sources/arxiv/embeddings.safetensors",
                        "round-000012/sources/arxiv/tokenizer.model");
    }

    @Test
    void equalRunsMakeEqualBytes() throws IOException {
        Path elsewhere = Path.fromLocalFile(folder.resolve("elsewhere").toFile());
        commit(root);
        // Parts come in any order.
        var parts = List.of(second(elsewhere, 1), first(elsewhere, 1));
        new SnapshotCommitter(elsewhere, FACTS).commit(ROUND, parts);

        assertThat(tree(folder.resolve("snapshots"))).isEqualTo(tree(folder.resolve("elsewhere")));
    }

    @Test
    void manifestReadsWellAndSortsItsKeys() throws IOException {
        Path snapshot = commit(root);

        assertThat(Files.readString(manifest(snapshot)))
                .startsWith("{\n  \"facts\" : {\n    \"model\" : {\n      \"blocks\" : 2,\n      \"d\" : 4,")
                .contains("\"formatVersion\" : 1", "\"round\" : 12", "\"variant\" : \"SPEC\"", "\"seed\" : 7")
                .contains("\"arxiv\" : {\n      \"folder\" : \"sources/arxiv\",\n      \"pieces\" : 5\n    }");
    }

    @Test
    void oneChangedByteIsFoundAndItsFileNamed() throws IOException {
        Path snapshot = commit(root);
        java.nio.file.Path file = local(snapshot).resolve("sources/arxiv/embeddings.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 5] ^= 1;
        Files.write(file, bytes);

        Snapshot opened = Snapshot.open(snapshot);
        assertThatThrownBy(opened::verifyChecksums)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("sources/arxiv/embeddings.safetensors has the checksum");
    }

    @Test
    void missingAndShortenedFilesAreNamed() throws IOException {
        Path snapshot = commit(root);
        java.nio.file.Path file = local(snapshot).resolve("body.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, new byte[bytes.length - 1]);
        assertThatThrownBy(() -> Snapshot.open(snapshot))
                .hasMessageContaining("body.safetensors has %d bytes", bytes.length - 1);
        Files.delete(file);
        assertThatThrownBy(() -> Snapshot.open(snapshot)).hasMessageContaining("lacks its file body.safetensors");
    }

    @Test
    void folderWithoutManifestIsNotFinished() throws IOException {
        Path snapshot = commit(root);
        Files.delete(manifest(snapshot));

        assertThatThrownBy(() -> Snapshot.open(snapshot)).hasMessageContaining("not a finished snapshot");
        assertThat(Snapshot.latest(root)).isEmpty();
    }

    @Test
    void newerVersionIsRefusedByName() throws IOException {
        Path snapshot = commit(root);
        String json = Files.readString(manifest(snapshot));
        Files.writeString(manifest(snapshot), json.replace("\"formatVersion\" : 1", "\"formatVersion\" : 2"));

        assertThatThrownBy(() -> Snapshot.open(snapshot))
                .hasMessageContaining("format version 2, and this Tributary reads up to 1");
    }

    @Test
    void damagedManifestAndUnknownSourceAreNamed() throws IOException {
        Path snapshot = commit(root);
        assertThatThrownBy(() -> Snapshot.open(snapshot).tokenizer("news"))
                .hasMessageContaining("no source 'news', but [.., arxiv]");
        Files.writeString(manifest(snapshot), "{\"formatVersion\" : 1");
        assertThatThrownBy(() -> Snapshot.open(snapshot)).hasMessageContaining("manifest.json is damaged");
    }

    @Test
    void latestIsTheHighestFinishedRound() throws IOException {
        assertThat(Snapshot.latest(root)).isEmpty();
        Path snapshot = commit(root);
        Files.createDirectories(folder.resolve("snapshots/round-000099"));
        Files.createDirectories(folder.resolve("snapshots/round-1"));
        assertThat(Snapshot.latest(root)).contains(snapshot);

        java.nio.file.Path million = folder.resolve("snapshots/round-1000000");
        Files.createDirectories(million);
        Files.createFile(million.resolve("manifest.json"));
        assertThat(Snapshot.latest(root)).contains(new Path(root, "round-1000000"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"arxiv", "a.b-c_D", ".", "..", "...", "../x", "%2E", "zürich", "a b", "a+b", "~"})
    void namesOfSourcesAreSafeFolders(String source) {
        String encoded = SnapshotLayout.encode(source);

        assertThat(encoded).matches("[A-Za-z0-9_%-][A-Za-z0-9._%-]*");
        assertThat(URLDecoder.decode(encoded, StandardCharsets.UTF_8)).isEqualTo(source);
        Path inside = new Path(root, SnapshotLayout.sourceFolder(source));
        assertThat(inside.getParent()).isEqualTo(new Path(root, "sources"));
        assertThat(inside.getName()).isEqualTo(encoded);
    }

    private static Path commit(Path root) throws IOException {
        return new SnapshotCommitter(root, FACTS).commit(ROUND, List.of(first(root, 1), second(root, 1)));
    }

    private static java.nio.file.Path local(Path path) {
        return java.nio.file.Path.of(path.getPath());
    }

    private static java.nio.file.Path manifest(Path snapshot) {
        return local(snapshot).resolve("manifest.json");
    }

    /** All files below a folder, with their bytes as text of one char each. */
    private static SortedMap<String, String> tree(java.nio.file.Path folder) throws IOException {
        SortedMap<String, String> files = new TreeMap<>();
        try (Stream<java.nio.file.Path> paths = Files.walk(folder)) {
            paths.filter(Files::isRegularFile).forEach(path -> {
                try {
                    files.put(
                            folder.relativize(path).toString(),
                            new String(Files.readAllBytes(path), StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return files;
    }
}
