package io.tributary.snapshot;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.flow.SnapshotStore;
import io.tributary.model.ModelShape;
import io.tributary.record.ParameterGroup;
import io.tributary.record.SnapshotPart;
import io.tributary.record.SourceKeys;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.util.IOUtils;

/** Makes a snapshot of another one and one source more. The files of the other are copied, byte for byte. */
public final class ExtendedSnapshot {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Snapshot base;
    private final Path root;

    /**
     * Writes under a folder of snapshots.
     *
     * @param root which must not be that of the base: the new snapshot is of the same round
     */
    public ExtendedSnapshot(Snapshot base, Path root) {
        this.base = base;
        this.root = root;
    }

    /**
     * Writes the snapshot.
     *
     * @param source a name that the base does not have
     * @param shape with the T of the source
     * @param model its vocabulary
     * @param held the pieces of it that the source has embeddings of, row by row; none where it has all
     * @param groups its own; what is not among them it shares
     * @param counts what it has been trained on
     * @return the snapshot's folder
     * @throws IOException if the base is damaged, or it cannot be written
     */
    public Path with(
            String source,
            ModelShape shape,
            byte[] model,
            Optional<int[]> held,
            Map<ParameterGroup, SnapshotStore.Values> groups,
            SourceCounts counts)
            throws IOException {
        if (base.sources().contains(source)) {
            throw new Failure(
                    ErrorCode.SOURCE_UNKNOWN,
                    "%s has a source '%s' already".formatted(base.folder().getPath(), source));
        }
        List<SnapshotPart.File> files = new ArrayList<>();
        for (Map.Entry<String, Manifest.File> file : base.manifest().files().entrySet()) {
            copy(file.getKey(), file.getValue());
            files.add(new SnapshotPart.File(
                    ownerOf(file.getKey()),
                    file.getKey(),
                    file.getValue().length(),
                    file.getValue().sha256()));
        }
        SnapshotFiles writer = new SnapshotFiles(root);
        files.addAll(writer.writeParameters(base.round(), shape, source, groups));
        files.addAll(writer.writeVocabulary(base.round(), source, model, held.orElseGet(() -> new int[0])));
        files.add(writer.writeCounts(base.round(), source, counts.tokens(), counts.bytes()));
        SnapshotPart all = new SnapshotPart(base.round(), 0, SourceKeys.MAX_PARALLELISM - 1, files);
        return new SnapshotCommitter(root, facts(source, shape)).commit(base.round(), List.of(all));
    }

    private String ownerOf(String path) {
        return base.manifest().sources().entrySet().stream()
                .filter(source -> path.startsWith(source.getValue().folder() + "/"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("");
    }

    private void copy(String path, Manifest.File expected) throws IOException {
        Path from = new Path(base.folder(), path);
        Path to = new Path(SnapshotLayout.unfinished(root, base.round()), path);
        DigestInputStream in = new DigestInputStream(from.getFileSystem().open(from), Sha256.digest());
        try (InputStream digesting = in;
                FSDataOutputStream out = to.getFileSystem().create(to, FileSystem.WriteMode.OVERWRITE)) {
            IOUtils.copyBytes(digesting, out, BUFFER_BYTES, false);
            Durable.file(out, to.getFileSystem());
        }
        String found = HexFormat.of().formatHex(in.getMessageDigest().digest());
        if (!found.equals(expected.sha256())) {
            throw new Failure(
                    ErrorCode.SNAPSHOT_BROKEN,
                    "%s is damaged: it has the checksum %s, but was written with %s"
                            .formatted(from.getPath(), found, expected.sha256()));
        }
    }

    /** The same, but for rows of a length of its own. */
    private SnapshotFacts facts(String source, ModelShape shape) throws IOException {
        SnapshotFacts facts = base.manifest().facts();
        if (facts.shape(source).equals(shape)) {
            return facts;
        }
        Map<String, Object> lengths = new TreeMap<>();
        if (facts.model().get("sequenceLengths") instanceof Map<?, ?> own) {
            own.forEach((name, length) -> lengths.put(String.valueOf(name), length));
        }
        lengths.put(source, shape.sequenceLength());
        Map<String, Object> model = new TreeMap<>(facts.model());
        model.put("sequenceLengths", lengths);
        return new SnapshotFacts(model, facts.variant(), facts.seed(), facts.precision());
    }
}
