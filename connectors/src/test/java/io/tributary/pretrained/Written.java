package io.tributary.pretrained;

import io.tributary.flow.SnapshotStore;
import io.tributary.model.ModelShape;
import io.tributary.record.ParameterGroup;
import io.tributary.record.SnapshotPart;
import io.tributary.record.Variant;
import io.tributary.snapshot.SnapshotCommitter;
import io.tributary.snapshot.SnapshotFacts;
import io.tributary.snapshot.SnapshotFiles;
import io.tributary.vocabulary.SentencePieceModel;
import io.tributary.vocabulary.VocabularyTrainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.core.fs.Path;

/** Writes a snapshot, owner by owner, of values that are drawn. */
final class Written {
    static final byte[] VOCABULARY = new VocabularyTrainer(270).train();
    static final int PIECES = SentencePieceModel.read(VOCABULARY).pieces().size();

    private static final long ROUND = 3;

    private final Path root;
    private final ModelShape shape;
    private final SnapshotFiles store;
    private final List<SnapshotPart.File> files = new ArrayList<>();
    private final Random random = new Random(3);

    Written(java.nio.file.Path root, ModelShape shape) {
        this.root = Path.fromLocalFile(root.toFile());
        this.shape = shape;
        this.store = new SnapshotFiles(this.root);
    }

    /** Gives an owner values of some groups, and returns them. */
    Map<ParameterGroup, float[]> values(String owner, int rows, Set<ParameterGroup> groups) throws IOException {
        Map<ParameterGroup, float[]> drawn = new EnumMap<>(ParameterGroup.class);
        Map<ParameterGroup, SnapshotStore.Values> values = new EnumMap<>(ParameterGroup.class);
        for (ParameterGroup group : groups) {
            long size =
                    switch (group) {
                        case BODY -> shape.bodyParameters();
                        case TOKENS -> shape.tokenParameters(rows);
                        case POSITIONS -> shape.positionParameters();
                    };
            float[] floats = new float[(int) size];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) random.nextGaussian();
            }
            drawn.put(group, floats);
            values.put(group, of(floats));
        }
        values.values().removeIf(each -> each.size() == 0);
        files.addAll(store.writeParameters(ROUND, shape, owner, values));
        return drawn;
    }

    /** Lists a source. */
    void source(String name, int... held) throws IOException {
        files.addAll(store.writeVocabulary(ROUND, name, VOCABULARY, held));
    }

    Path commit(Variant variant) throws IOException {
        Map<String, Object> model = new TreeMap<>(shape.architecture().facts());
        model.putAll(Map.of(
                "architecture", shape.architecture().name(),
                "layers", shape.layers(),
                "width", shape.width(),
                "heads", shape.heads(),
                "sequenceLength", shape.sequenceLength(),
                "sequenceLengths", Map.of()));
        SnapshotFacts facts = new SnapshotFacts(model, variant.name(), 7, "fp32");
        return new SnapshotCommitter(root, facts).commit(ROUND, List.of(new SnapshotPart(ROUND, 0, 127, files)));
    }

    private static SnapshotStore.Values of(float[] floats) {
        return new SnapshotStore.Values() {
            @Override
            public long size() {
                return floats.length;
            }

            @Override
            public void copy(long from, float[] out) {
                System.arraycopy(floats, (int) from, out, 0, out.length);
            }
        };
    }
}
