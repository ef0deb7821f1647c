package io.tributary.huggingface;

import io.tributary.flow.SnapshotStore;
import io.tributary.model.BodyLayout;
import io.tributary.model.ModelShape;
import io.tributary.record.ParameterGroup;
import io.tributary.record.SnapshotPart;
import io.tributary.snapshot.Snapshot;
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
import java.util.TreeMap;
import org.apache.flink.core.fs.Path;

/** A snapshot of two sources, {@code en} and {@code de}, whose parameters are drawn so that each has its part in the logits. */
final class SmallSnapshot {
    static final long ROUND = 8;
    static final byte[] VOCABULARY = vocabulary();
    static final int PIECES = SentencePieceModel.read(VOCABULARY).pieces().size();

    private SmallSnapshot() {}

    private static byte[] vocabulary() {
        VocabularyTrainer trainer = new VocabularyTrainer(300);
        trainer.add("the river takes all the tributaries, and the sea takes the river");
        return trainer.train();
    }

    /** Of the body, and of embeddings with this many rows. */
    static Map<ParameterGroup, float[]> parameters(ModelShape shape, int pieces) {
        Random random = new Random(11);
        Map<ParameterGroup, float[]> values = new EnumMap<>(ParameterGroup.class);
        float[] body = new float[Math.toIntExact(shape.bodyParameters())];
        for (BodyLayout.BodyTensor tensor : BodyLayout.of(shape).tensors()) {
            for (int i = 0; i < tensor.size(); i++) {
                body[(int) tensor.offset() + i] = (float) (tensor.initial().mean() + 0.3 * random.nextGaussian());
            }
        }
        values.put(ParameterGroup.BODY, body);
        values.put(ParameterGroup.TOKENS, draw(random, pieces * shape.width()));
        if (shape.learnsPositions()) {
            values.put(ParameterGroup.POSITIONS, draw(random, shape.sequenceLength() * shape.width()));
        }
        return values;
    }

    private static float[] draw(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** All parameters belong to everyone, as with GLOB. */
    static Snapshot glob(java.nio.file.Path root, ModelShape shape, Map<ParameterGroup, float[]> parameters)
            throws IOException {
        SnapshotFiles store = new SnapshotFiles(path(root));
        List<SnapshotPart.File> files =
                new ArrayList<>(store.writeParameters(ROUND, shape, SnapshotStore.EVERYONE, values(parameters)));
        for (String source : List.of("en", "de")) {
            files.addAll(store.writeVocabulary(ROUND, source, VOCABULARY, new int[0]));
        }
        files.add(store.writeCounts(ROUND, "en", 1_234_567, 2_345_678));
        return commit(root, shape, "GLOB", files);
    }

    /**
     * The body belongs to everyone, embeddings to {@code en} alone.
     *
     * @param held the pieces of {@code en}, row by row; empty where it has all
     */
    static Snapshot own(java.nio.file.Path root, ModelShape shape, Map<ParameterGroup, float[]> parameters, int[] held)
            throws IOException {
        SnapshotFiles store = new SnapshotFiles(path(root));
        Map<ParameterGroup, float[]> embeddings = new EnumMap<>(parameters);
        float[] body = embeddings.remove(ParameterGroup.BODY);
        List<SnapshotPart.File> files = new ArrayList<>(
                store.writeParameters(ROUND, shape, SnapshotStore.EVERYONE, values(Map.of(ParameterGroup.BODY, body))));
        files.addAll(store.writeParameters(ROUND, shape, "en", values(embeddings)));
        files.addAll(store.writeVocabulary(ROUND, "en", VOCABULARY, held));
        return commit(root, shape, held.length == 0 ? "SPEC" : "TRIM", files);
    }

    private static Snapshot commit(
            java.nio.file.Path root, ModelShape shape, String variant, List<SnapshotPart.File> files)
            throws IOException {
        Map<String, Object> model = new TreeMap<>(shape.architecture().facts());
        model.putAll(Map.of(
                "architecture", shape.architecture().name(),
                "layers", shape.layers(),
                "width", shape.width(),
                "heads", shape.heads(),
                "sequenceLength", shape.sequenceLength(),
                "sequenceLengths", Map.of()));
        SnapshotFacts facts = new SnapshotFacts(model, variant, 7, "fp32");
        return Snapshot.open(new SnapshotCommitter(path(root), facts)
                .commit(ROUND, List.of(new SnapshotPart(ROUND, 0, 127, files))));
    }

    static Path path(java.nio.file.Path path) {
        return Path.fromLocalFile(path.toFile());
    }

    private static Map<ParameterGroup, SnapshotStore.Values> values(Map<ParameterGroup, float[]> parameters) {
        Map<ParameterGroup, SnapshotStore.Values> values = new EnumMap<>(ParameterGroup.class);
        parameters.forEach((group, floats) -> values.put(group, new SnapshotStore.Values() {
            @Override
            public long size() {
                return floats.length;
            }

            @Override
            public void copy(long from, float[] out) {
                System.arraycopy(floats, (int) from, out, 0, out.length);
            }
        }));
        return values;
    }
}
