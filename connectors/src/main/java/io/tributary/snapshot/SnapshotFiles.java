package io.tributary.snapshot;

import io.tributary.flow.SnapshotStore;
import io.tributary.model.BodyLayout;
import io.tributary.model.ModelShape;
import io.tributary.record.ParameterGroup;
import io.tributary.record.SnapshotPart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.fs.Path;
import org.jspecify.annotations.Nullable;

/** Writes the parameters of Train subtasks into snapshots, straight from native memory. */
public final class SnapshotFiles implements SnapshotStore {
    private static final long serialVersionUID = 1;

    private final Path root;

    /** Writes under the folder of all snapshots. */
    public SnapshotFiles(Path root) {
        this.root = root;
    }

    @Override
    public List<SnapshotPart.File> writeParameters(
            long round, ModelShape shape, String owner, Map<ParameterGroup, Values> groups) throws IOException {
        SnapshotWriter writer = new SnapshotWriter(root, round);
        List<SnapshotPart.File> files = new ArrayList<>();
        Values body = groups.get(ParameterGroup.BODY);
        if (body != null) {
            files.add(writer.writeBody(owner, tensors(shape, body)));
        }
        List<Tensor> embeddings = new ArrayList<>();
        addMatrix(SnapshotWriter.TOKEN_EMBEDDING, groups.get(ParameterGroup.TOKENS), shape.width(), embeddings);
        addMatrix(SnapshotWriter.POSITION_EMBEDDING, groups.get(ParameterGroup.POSITIONS), shape.width(), embeddings);
        if (!embeddings.isEmpty()) {
            files.add(writer.writeEmbeddings(owner, embeddings));
        }
        return files;
    }

    private static List<Tensor> tensors(ModelShape shape, Values body) {
        return BodyLayout.of(shape).tensors().stream()
                .map(tensor -> new Tensor(
                        tensor.name(),
                        tensor.shape().stream().map(Integer::longValue).toList(),
                        (from, out) -> body.copy(tensor.offset() + from, out)))
                .toList();
    }

    private static void addMatrix(String name, @Nullable Values values, int width, List<Tensor> tensors) {
        if (values != null) {
            tensors.add(Tensor.of(name, values::copy, values.size() / width, width));
        }
    }

    @Override
    public List<SnapshotPart.File> writeVocabulary(long round, String source, byte[] model, int[] held)
            throws IOException {
        return new SnapshotWriter(root, round).writeVocabulary(source, model, held);
    }

    @Override
    public SnapshotPart.File writeCounts(long round, String source, long tokens, long bytes) throws IOException {
        return new SnapshotWriter(root, round).writeCounts(source, new SourceCounts(tokens, bytes));
    }
}
