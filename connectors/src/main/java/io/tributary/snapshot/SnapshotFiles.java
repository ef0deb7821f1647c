package io.tributary.snapshot;

import io.tributary.flow.SnapshotStore;
import io.tributary.model.Body;
import io.tributary.model.BodyLayout;
import io.tributary.model.ModelShape;
import io.tributary.model.SourceModel;
import io.tributary.record.SnapshotPart;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.fs.Path;

/** Writes the parameters of Train subtasks into snapshots, straight from native memory. */
public final class SnapshotFiles implements SnapshotStore {
    private static final long serialVersionUID = 1;

    private final Path root;

    /** Writes under the folder of all snapshots. */
    public SnapshotFiles(Path root) {
        this.root = root;
    }

    @Override
    public List<SnapshotPart.File> writeBody(ModelShape shape, Body body) throws IOException {
        List<Tensor> tensors = BodyLayout.of(shape).tensors().stream()
                .map(tensor -> new Tensor(
                        tensor.name(),
                        tensor.shape().stream().map(Integer::longValue).toList(),
                        (from, out) -> body.copy(tensor.offset() + from, out)))
                .toList();
        return List.of(new SnapshotWriter(root, body.round()).writeBody(tensors));
    }

    @Override
    public List<SnapshotPart.File> writeSource(
            long round, ModelShape shape, String source, SourceModel model, byte[] vocabulary) throws IOException {
        List<Tensor> embeddings = List.of(
                Tensor.of(SnapshotWriter.TOKEN_EMBEDDING, model::copyTokens, model.pieces(), shape.width()),
                Tensor.of(
                        SnapshotWriter.POSITION_EMBEDDING,
                        model::copyPositions,
                        shape.sequenceLength(),
                        shape.width()));
        return new SnapshotWriter(root, round).writeSource(source, embeddings, vocabulary);
    }
}
