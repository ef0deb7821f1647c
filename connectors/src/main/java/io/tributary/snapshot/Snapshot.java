package io.tributary.snapshot;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** A finished snapshot, for those who load it. */
public final class Snapshot {
    private static final Comparator<Path> BY_ROUND =
            Comparator.comparingInt((Path path) -> path.getName().length()).thenComparing(Path::getName);

    private final Path folder;
    private final Manifest manifest;

    private Snapshot(Path folder, Manifest manifest) {
        this.folder = folder;
        this.manifest = manifest;
    }

    /**
     * Opens a snapshot and checks that every file of its manifest is there with its length.
     *
     * @throws IOException that says what is missing or wrong
     */
    public static Snapshot open(Path folder) throws IOException {
        Path file = new Path(folder, SnapshotLayout.MANIFEST);
        if (!file.getFileSystem().exists(file)) {
            throw new Failure(
                    ErrorCode.SNAPSHOT_BROKEN,
                    "%s is not a finished snapshot: it has no %s".formatted(folder, SnapshotLayout.MANIFEST));
        }
        Snapshot snapshot = new Snapshot(folder, Manifest.read(file));
        snapshot.checkLengths();
        return snapshot;
    }

    /**
     * Opens a snapshot, or the newest one in a folder of snapshots.
     *
     * @throws IOException that says what is missing or wrong
     */
    public static Snapshot openOrLatest(Path folder) throws IOException {
        if (folder.getFileSystem().exists(new Path(folder, SnapshotLayout.MANIFEST))) {
            return open(folder);
        }
        return open(latest(folder)
                .orElseThrow(() -> new Failure(
                        ErrorCode.SNAPSHOT_BROKEN, "There is no finished snapshot in " + folder.getPath())));
    }

    /** The folder of the newest snapshot in the folder of all; none where there is no snapshot yet. */
    public static Optional<Path> latest(Path root) throws IOException {
        FileSystem fileSystem = root.getFileSystem();
        if (!fileSystem.exists(root)) {
            return Optional.empty();
        }
        Optional<Path> latest = Optional.empty();
        for (FileStatus entry : new FlinkFolder(root).look(FileSystem::listStatus)) {
            Path folder = new Path(root, entry.getPath().getName());
            boolean newer = latest.isEmpty() || BY_ROUND.compare(folder, latest.get()) > 0;
            if (SnapshotLayout.isFinished(folder.getName())
                    && newer
                    && fileSystem.exists(new Path(folder, SnapshotLayout.MANIFEST))) {
                latest = Optional.of(folder);
            }
        }
        return latest;
    }

    /** Where it is. */
    public Path folder() {
        return folder;
    }

    public Manifest manifest() {
        return manifest;
    }

    /** The snapshot holds the parameters that this round starts from. */
    public long round() {
        return manifest.round();
    }

    public SortedSet<String> sources() {
        return new TreeSet<>(manifest.sources().keySet());
    }

    /** Reads every file once and compares its checksum. */
    public void verifyChecksums() throws IOException {
        for (Map.Entry<String, Manifest.File> file : manifest.files().entrySet()) {
            String found = Sha256.of(new Path(folder, file.getKey()));
            if (!found.equals(file.getValue().sha256())) {
                throw new Failure(
                        ErrorCode.SNAPSHOT_BROKEN,
                        "%s is damaged: %s has the checksum %s, but was written with %s. Take another copy of the snapshot"
                                .formatted(
                                        folder,
                                        file.getKey(),
                                        found,
                                        file.getValue().sha256()));
            }
        }
    }

    /** The tensors of the body that all sources share; the caller closes the reader. */
    public SafetensorsReader body() throws IOException {
        return SafetensorsReader.open(new Path(folder, SnapshotLayout.BODY));
    }

    /** The tensors of the body that a source trains on: its own, if it has one. */
    public SafetensorsReader body(String source) throws IOException {
        Path own = file(source, SnapshotLayout.BODY);
        return holds(own) ? SafetensorsReader.open(own) : body();
    }

    /** The embeddings of a source that are not shared; the caller closes the reader. */
    public SafetensorsReader embeddings(String source) throws IOException {
        return SafetensorsReader.open(file(source, SnapshotLayout.EMBEDDINGS));
    }

    /** The embeddings that all sources share; the caller closes the reader. */
    public SafetensorsReader sharedEmbeddings() throws IOException {
        return SafetensorsReader.open(new Path(folder, SnapshotLayout.EMBEDDINGS));
    }

    /**
     * The file with the embedding that a source trains on, its own or the one of all; the caller closes the reader.
     *
     * @param name {@link SnapshotWriter#TOKEN_EMBEDDING} or {@link SnapshotWriter#POSITION_EMBEDDING}
     */
    public SafetensorsReader embedding(String source, String name) throws IOException {
        Path own = file(source, SnapshotLayout.EMBEDDINGS);
        if (holds(own)) {
            SafetensorsReader reader = SafetensorsReader.open(own);
            if (reader.names().contains(name)) {
                return reader;
            }
            reader.close();
        }
        return sharedEmbeddings();
    }

    /** The ids in its vocabulary of the pieces that a source has embeddings of, row by row; none if it has all. */
    public Optional<int[]> heldPieces(String source) throws IOException {
        Path file = file(source, SnapshotLayout.HELD_PIECES);
        if (!holds(file)) {
            return Optional.empty();
        }
        try (InputStream in = file.getFileSystem().open(file)) {
            String lines = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return Optional.of(lines.lines().mapToInt(Integer::parseInt).toArray());
        }
    }

    /** What a source has been trained on; none in a snapshot of an earlier version, which does not tell. */
    public Optional<SourceCounts> counts(String source) throws IOException {
        Path file = file(source, SnapshotLayout.COUNTS);
        if (!holds(file)) {
            return Optional.empty();
        }
        try (InputStream in = file.getFileSystem().open(file)) {
            return Optional.of(SourceCounts.read(in.readAllBytes()));
        }
    }

    boolean holds(Path file) throws IOException {
        return file.getFileSystem().exists(file);
    }

    /** The vocabulary of a source, a SentencePiece {@code ModelProto}. */
    public byte[] tokenizer(String source) throws IOException {
        Path file = file(source, SnapshotLayout.TOKENIZER);
        try (InputStream in = file.getFileSystem().open(file)) {
            return in.readAllBytes();
        }
    }

    Path file(String source, String name) throws IOException {
        return new Path(folder, source(source).folder() + "/" + name);
    }

    Manifest.Source source(String name) throws IOException {
        Manifest.Source found = manifest.sources().get(name);
        if (found == null) {
            throw new Failure(
                    ErrorCode.SOURCE_UNKNOWN, "%s has no source '%s', but %s".formatted(folder, name, sources()));
        }
        return found;
    }

    private void checkLengths() throws IOException {
        FileSystem fileSystem = folder.getFileSystem();
        for (Map.Entry<String, Manifest.File> file : manifest.files().entrySet()) {
            Path path = new Path(folder, file.getKey());
            if (!fileSystem.exists(path)) {
                throw new Failure(
                        ErrorCode.SNAPSHOT_BROKEN,
                        "The snapshot %s lacks its file %s".formatted(folder, file.getKey()));
            }
            long length = fileSystem.getFileStatus(path).getLen();
            if (length != file.getValue().length()) {
                throw new Failure(
                        ErrorCode.SNAPSHOT_BROKEN,
                        "The snapshot %s is damaged: %s has %d bytes, but was written with %d"
                                .formatted(
                                        folder,
                                        file.getKey(),
                                        length,
                                        file.getValue().length()));
            }
        }
    }
}
