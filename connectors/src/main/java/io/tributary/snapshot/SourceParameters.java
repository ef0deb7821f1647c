package io.tributary.snapshot;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.model.BodyLayout;
import io.tributary.model.BodyLayout.BodyTensor;
import io.tributary.model.ModelShape;
import io.tributary.record.ParameterGroup;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.fs.Path;

/**
 * The flat parameter groups of a snapshot's model as one source sees them, wherever they lie: what is its own in its
 * folder, what all share at the top. For one thread at a time.
 */
public final class SourceParameters implements Closeable {
    private final Snapshot snapshot;
    private final ModelShape shape;
    private final int pieces;
    private final List<SafetensorsReader> readers = new ArrayList<>();
    private final Map<ParameterGroup, SafetensorsReader> groups = new EnumMap<>(ParameterGroup.class);
    private boolean ownsBody;

    private SourceParameters(Snapshot snapshot, ModelShape shape, int pieces) {
        this.snapshot = snapshot;
        this.shape = shape;
        this.pieces = pieces;
    }

    /**
     * Opens all groups of a source.
     *
     * @throws IOException if there is no such source, or some of its parameters are missing or of another shape
     */
    public static SourceParameters of(Snapshot snapshot, String source) throws IOException {
        Path ownBody = snapshot.file(source, SnapshotLayout.BODY);
        Path ownEmbeddings = snapshot.file(source, SnapshotLayout.EMBEDDINGS);
        ModelShape shape = snapshot.manifest().facts().shape(source);
        long pieces = snapshot.source(source).pieces();
        SourceParameters parameters = new SourceParameters(snapshot, shape, Math.toIntExact(pieces));
        return parameters.opened(() -> {
            parameters.add(ownBody);
            parameters.ownsBody = parameters.has(ParameterGroup.BODY);
            parameters.add(ownEmbeddings);
            parameters.addCommon();
            parameters.requireAll();
        });
    }

    /**
     * Opens the groups that all sources share: none to three of them.
     *
     * @throws IOException if they are of another shape than the snapshot's model
     */
    public static SourceParameters common(Snapshot snapshot) throws IOException {
        ModelShape shape = snapshot.manifest().facts().shape("");
        SourceParameters parameters = new SourceParameters(snapshot, shape, 0);
        return parameters.opened(parameters::addCommon);
    }

    private interface Opening {
        void run() throws IOException;
    }

    private SourceParameters opened(Opening opening) throws IOException {
        try {
            opening.run();
            return this;
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private void addCommon() throws IOException {
        add(new Path(snapshot.folder(), SnapshotLayout.BODY));
        add(new Path(snapshot.folder(), SnapshotLayout.EMBEDDINGS));
    }

    /** What was found first counts: a source's own before that of all. */
    private void add(Path file) throws IOException {
        if (!snapshot.holds(file)) {
            return;
        }
        SafetensorsReader reader = SafetensorsReader.open(file);
        readers.add(reader);
        if (file.getName().equals(SnapshotLayout.BODY)) {
            requireBody(reader);
            groups.putIfAbsent(ParameterGroup.BODY, reader);
        } else {
            addMatrix(ParameterGroup.TOKENS, SnapshotWriter.TOKEN_EMBEDDING, pieces, reader);
            addMatrix(ParameterGroup.POSITIONS, SnapshotWriter.POSITION_EMBEDDING, shape.sequenceLength(), reader);
        }
    }

    private void requireBody(SafetensorsReader reader) throws IOException {
        for (BodyTensor tensor : BodyLayout.of(shape).tensors()) {
            List<Long> expected =
                    tensor.shape().stream().map(Integer::longValue).toList();
            if (!reader.shape(tensor.name()).equals(expected)) {
                throw new Failure(
                        ErrorCode.SNAPSHOT_BROKEN,
                        "%s of the snapshot's body is of the shape %s, and its model wants %s"
                                .formatted(tensor.name(), reader.shape(tensor.name()), expected));
            }
        }
    }

    /** A shared table may be longer than what a source needs: its beginning counts. */
    private void addMatrix(ParameterGroup group, String name, int rows, SafetensorsReader reader) throws IOException {
        if (!reader.names().contains(name)) {
            return;
        }
        List<Long> found = reader.shape(name);
        if (found.size() != 2 || found.get(0) < rows || found.get(1) != shape.width()) {
            throw new Failure(
                    ErrorCode.SNAPSHOT_BROKEN,
                    "%s of the snapshot is of the shape %s, and its model wants %d x %d"
                            .formatted(name, found, rows, shape.width()));
        }
        groups.putIfAbsent(group, reader);
    }

    private void requireAll() throws IOException {
        for (ParameterGroup group : ParameterGroup.values()) {
            if (!has(group) && (group != ParameterGroup.POSITIONS || shape.learnsPositions())) {
                throw new Failure(
                        ErrorCode.SNAPSHOT_BROKEN,
                        "The snapshot %s has no %s for this source"
                                .formatted(snapshot.folder().getPath(), group));
            }
        }
    }

    /** With the T of the source. */
    public ModelShape shape() {
        return shape;
    }

    /** V of the source. */
    public int pieces() {
        return pieces;
    }

    public boolean has(ParameterGroup group) {
        return groups.containsKey(group);
    }

    /** Whether the source has a body of its own. */
    public boolean ownsBody() {
        return ownsBody;
    }

    /** Fills {@code out} with the values of the flat group that begin at index {@code from}. */
    public void copy(ParameterGroup group, long from, float[] out) throws IOException {
        SafetensorsReader reader = groups.get(group);
        if (reader == null) {
            throw new Failure(
                    ErrorCode.SNAPSHOT_BROKEN,
                    "The snapshot %s has no %s that all sources share"
                            .formatted(snapshot.folder().getPath(), group));
        }
        switch (group) {
            case BODY -> copyBody(reader, from, out);
            case TOKENS -> reader.read(SnapshotWriter.TOKEN_EMBEDDING, from, out);
            case POSITIONS -> reader.read(SnapshotWriter.POSITION_EMBEDDING, from, out);
        }
    }

    private void copyBody(SafetensorsReader reader, long from, float[] out) throws IOException {
        for (BodyTensor tensor : BodyLayout.of(shape).tensors()) {
            long start = Math.max(from, tensor.offset());
            long end = Math.min(from + out.length, tensor.offset() + tensor.size());
            if (start < end) {
                float[] slice = new float[Math.toIntExact(end - start)];
                reader.read(tensor.name(), start - tensor.offset(), slice);
                System.arraycopy(slice, 0, out, Math.toIntExact(start - from), slice.length);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (SafetensorsReader reader : readers) {
            reader.close();
        }
    }
}
