package io.tributary.snapshot;

import io.tributary.record.SnapshotPart;
import io.tributary.vocabulary.SentencePieceModel;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.util.IOUtils;

/** One run of {@link SnapshotCommitter#commit}; it may stop anywhere, and another run will finish it. */
final class SnapshotCommit {
    private static final int BUFFER_BYTES = 1 << 16;
    /** Of those that other machines reach. The others are object stores, which copy file by file, or refuse. */
    private static final Set<String> RENAME_FOLDERS = Set.of("hdfs", "viewfs");

    private final long round;
    private final SnapshotFacts facts;
    private final SortedMap<String, SnapshotPart.File> files;
    private final FileSystem fileSystem;
    private final Path unfinished;
    private final Path finished;
    private final Path replaced;

    SnapshotCommit(Path root, long round, SnapshotFacts facts, SortedMap<String, SnapshotPart.File> files)
            throws IOException {
        this.round = round;
        this.facts = facts;
        this.files = files;
        this.fileSystem = root.getFileSystem();
        this.unfinished = SnapshotLayout.unfinished(root, round);
        this.finished = SnapshotLayout.finished(root, round);
        this.replaced = SnapshotLayout.replaced(root, round);
    }

    /** A file, and where it lies: in the unfinished folder, or in the snapshot that an earlier commit has made. */
    private record Placed(SnapshotPart.File file, Path at) {}

    Path run() throws IOException {
        List<Placed> placed = placed();
        byte[] manifest = manifest(placed).toJson();
        if (!isCommitted(manifest)) {
            assemble(placed, manifest);
            if (renamesFolders()) {
                rename();
            } else {
                copy(manifest);
            }
        }
        fileSystem.delete(unfinished, true);
        fileSystem.delete(replaced, true);
        return finished;
    }

    private void assemble(List<Placed> placed, byte[] manifest) throws IOException {
        for (Placed file : placed) {
            Path destination = new Path(unfinished, file.file().path());
            if (!file.at().equals(destination)) {
                copy(file.at(), destination);
            }
        }
        tidy(unfinished, filesAndFolders(unfinished));
        write(new Path(unfinished, SnapshotLayout.MANIFEST), manifest);
        Durable.folder(unfinished);
    }

    private List<Placed> placed() throws IOException {
        Optional<Manifest> earlier = earlierManifest();
        List<Placed> placed = new ArrayList<>();
        for (SnapshotPart.File file : files.values()) {
            placed.add(new Placed(file, place(file, earlier)));
        }
        return placed;
    }

    private Path place(SnapshotPart.File file, Optional<Manifest> earlier) throws IOException {
        Path written = new Path(unfinished, file.path());
        if (hasLength(written, file.length())) {
            return written;
        }
        Path committed = new Path(finished, file.path());
        boolean same = earlier.isPresent()
                && new Manifest.File(file.length(), file.sha256())
                        .equals(earlier.get().files().get(file.path()));
        if (same && hasLength(committed, file.length())) {
            return committed;
        }
        throw new IOException(
                "The snapshot of round %d lacks a file that its part announced, %s of %d bytes: someone has removed it"
                        .formatted(round, written, file.length()));
    }

    private boolean hasLength(Path file, long length) throws IOException {
        return fileSystem.exists(file) && fileSystem.getFileStatus(file).getLen() == length;
    }

    /** None also where the folder is there without a manifest, left by a copy that stopped: it is no snapshot. */
    private Optional<Manifest> earlierManifest() throws IOException {
        Path manifest = new Path(finished, SnapshotLayout.MANIFEST);
        return fileSystem.exists(manifest) ? Optional.of(Manifest.read(manifest)) : Optional.empty();
    }

    private Manifest manifest(List<Placed> placed) throws IOException {
        SortedMap<String, Manifest.File> described = new TreeMap<>();
        SortedMap<String, Manifest.Source> sources = new TreeMap<>();
        SortedMap<String, Path> places = new TreeMap<>();
        for (Placed place : placed) {
            SnapshotPart.File file = place.file();
            described.put(file.path(), new Manifest.File(file.length(), file.sha256()));
            places.put(file.path(), place.at());
        }
        for (Placed place : placed) {
            String source = place.file().source();
            String folder = SnapshotLayout.sourceFolder(source);
            if (place.file().path().equals(folder + "/" + SnapshotLayout.TOKENIZER)) {
                Path embeddings = places.get(folder + "/" + SnapshotLayout.EMBEDDINGS);
                long pieces = embeddings == null ? pieces(place.at()) : rows(embeddings);
                sources.put(source, new Manifest.Source(folder, pieces));
            }
        }
        return new Manifest(Manifest.FORMAT_VERSION, round, facts, described, sources);
    }

    /** A source without embeddings of its own shares those of all the pieces of its vocabulary. */
    private static long pieces(Path tokenizer) throws IOException {
        try (InputStream in = tokenizer.getFileSystem().open(tokenizer)) {
            return SentencePieceModel.read(in.readAllBytes()).pieces().size();
        }
    }

    private static long rows(Path embeddings) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(embeddings)) {
            List<Long> shapeVD = reader.shape(SnapshotWriter.TOKEN_EMBEDDING);
            if (shapeVD.size() != 2) {
                throw new IOException("The token embeddings in %s are not a matrix [V, d], but of shape %s"
                        .formatted(embeddings, shapeVD));
            }
            return shapeVD.get(0);
        }
    }

    private boolean isCommitted(byte[] manifest) throws IOException {
        Path file = new Path(finished, SnapshotLayout.MANIFEST);
        if (!fileSystem.exists(file)) {
            return false;
        }
        try (InputStream in = fileSystem.open(file)) {
            return Arrays.equals(in.readAllBytes(), manifest);
        }
    }

    private void copy(Path from, Path to) throws IOException {
        try (InputStream in = fileSystem.open(from);
                FSDataOutputStream out = fileSystem.create(to, FileSystem.WriteMode.OVERWRITE)) {
            IOUtils.copyBytes(in, out, BUFFER_BYTES, false);
            Durable.file(out, fileSystem);
        }
    }

    private void write(Path file, byte[] bytes) throws IOException {
        try (FSDataOutputStream out = fileSystem.create(file, FileSystem.WriteMode.OVERWRITE)) {
            out.write(bytes);
            Durable.file(out, fileSystem);
        }
    }

    /** The files, and the folders between them and this one. */
    private Set<Path> filesAndFolders(Path folder) {
        Set<Path> paths = new HashSet<>();
        for (String file : files.keySet()) {
            for (Path path = new Path(folder, file); !path.equals(folder); path = path.getParent()) {
                paths.add(path);
            }
        }
        return paths;
    }

    /** Removes what an abandoned attempt left, such as a source that this time is not there yet; syncs the rest. */
    private void tidy(Path folder, Set<Path> kept) throws IOException {
        for (FileStatus entry : list(folder)) {
            Path path = new Path(folder, entry.getPath().getName());
            if (!kept.contains(path)) {
                fileSystem.delete(path, true);
            } else if (entry.isDir()) {
                tidy(path, kept);
            }
        }
        Durable.folder(folder);
    }

    private FileStatus[] list(Path folder) throws IOException {
        FileStatus[] entries = fileSystem.listStatus(folder);
        if (entries == null) {
            throw new FileNotFoundException("The unfinished snapshot has gone: " + folder);
        }
        return entries;
    }

    private boolean renamesFolders() {
        return !fileSystem.isDistributedFS()
                || RENAME_FOLDERS.contains(fileSystem.getUri().getScheme());
    }

    /** While files are copied there is no manifest, so no snapshot; until it is there all of it is in the unfinished folder. */
    private void copy(byte[] manifest) throws IOException {
        Path published = new Path(finished, SnapshotLayout.MANIFEST);
        if (fileSystem.exists(published)) {
            fileSystem.delete(published, false);
        }
        for (String file : files.keySet()) {
            copy(new Path(unfinished, file), new Path(finished, file));
        }
        tidy(finished, filesAndFolders(finished));
        write(published, manifest);
    }

    /** An older snapshot steps aside first, since no file system puts one folder in the place of another. */
    private void rename() throws IOException {
        if (fileSystem.exists(finished)) {
            fileSystem.delete(replaced, true);
            rename(finished, replaced);
        }
        rename(unfinished, finished);
        Durable.folder(finished.getParent());
    }

    private void rename(Path from, Path to) throws IOException {
        if (!fileSystem.rename(from, to)) {
            throw new IOException("Cannot rename %s to %s: look at the permissions of the folder".formatted(from, to));
        }
    }
}
