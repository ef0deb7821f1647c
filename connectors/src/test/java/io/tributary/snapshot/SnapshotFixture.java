package io.tributary.snapshot;

import io.tributary.record.SnapshotPart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.core.fs.Path;

/** Small snapshots of two sources, in two parts. */
final class SnapshotFixture {
    static final long ROUND = 12;
    static final SnapshotFacts FACTS = new SnapshotFacts(
            Map.of("d", 4, "blocks", 2, "positions", Map.of("kind", "learned", "T", 3)), "SPEC", 7, "float32");

    private SnapshotFixture() {}

    /** Key groups 0 to 63: the body and the source {@code arxiv} with five pieces. */
    static SnapshotPart first(Path root, float value) throws IOException {
        return part(root, 0, 63, value, "arxiv", 5);
    }

    /** Key groups 64 to 127: the source {@code ..} with six pieces. */
    static SnapshotPart second(Path root, float value) throws IOException {
        return part(root, 64, 127, value, "..", 6);
    }

    static SnapshotPart part(Path root, int firstKeyGroup, int lastKeyGroup, float value, String source, int pieces)
            throws IOException {
        SnapshotWriter writer = new SnapshotWriter(root, ROUND);
        List<SnapshotPart.File> files = new ArrayList<>();
        if (firstKeyGroup == 0) {
            files.add(writer.writeBody("", List.of(tensor("blocks.0.weight", value, 2, 4))));
        }
        files.add(writer.writeEmbeddings(
                source,
                List.of(
                        tensor(SnapshotWriter.TOKEN_EMBEDDING, value + 1, pieces, 4),
                        tensor(SnapshotWriter.POSITION_EMBEDDING, value + 2, 3, 4))));
        files.addAll(writer.writeVocabulary(source, model(source), new int[0]));
        return new SnapshotPart(ROUND, firstKeyGroup, lastKeyGroup, files);
    }

    static byte[] model(String source) {
        return source.getBytes(StandardCharsets.UTF_8);
    }

    private static Tensor tensor(String name, float value, long rows, long columns) {
        return Tensor.of(
                name,
                (from, out) -> {
                    for (int i = 0; i < out.length; i++) {
                        out[i] = value + (from + i) / 1000f;
                    }
                },
                rows,
                columns);
    }
}
