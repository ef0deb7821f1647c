package io.tributary.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.flow.SnapshotStore;
import io.tributary.model.Architecture;
import io.tributary.model.ModelShape;
import io.tributary.record.ParameterGroup;
import io.tributary.record.SnapshotPart;
import io.tributary.record.SourceKeys;
import io.tributary.vocabulary.SentencePieceModel;
import io.tributary.vocabulary.VocabularyTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.flink.core.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots as each variant leaves them. The value of a parameter is its index and millions that tell its owner. */
class SourceParametersTest {
    private static final ModelShape SHAPE = new ModelShape(1, 4, 1, 6);
    private static final byte[] VOCABULARY = new VocabularyTrainer(260).train();
    private static final int PIECES =
            SentencePieceModel.read(VOCABULARY).pieces().size();
    private static final long ROUND = 5;
    private static final float EVERYONE = 1e6f;
    private static final float EN = 2e6f;

    @TempDir
    java.nio.file.Path folder;

    @SuppressWarnings("NullAway.Init")
    private Path root;

    private final List<SnapshotPart.File> files = new ArrayList<>();

    @BeforeEach
    void chooseRoot() {
        root = Path.fromLocalFile(folder.resolve("snapshots").toFile());
    }

    @Test
    void underSpecTheBodyIsSharedAndEmbeddingsAreNot() throws IOException {
        write("", EVERYONE, Map.of(ParameterGroup.BODY, bodySize()));
        write("en", EN, Map.of(ParameterGroup.TOKENS, PIECES * 4L, ParameterGroup.POSITIONS, 24L));
        Snapshot snapshot = commit("en", new int[0], SHAPE);
        try (SourceParameters en = SourceParameters.of(snapshot, "en");
                SourceParameters common = SourceParameters.common(snapshot)) {
            assertThat(en.shape()).isEqualTo(SHAPE);
            assertThat(en.ownsBody()).isFalse();
            assertValues(en, ParameterGroup.BODY, bodySize(), EVERYONE);
            assertValues(en, ParameterGroup.TOKENS, PIECES * 4L, EN);
            assertValues(en, ParameterGroup.POSITIONS, 24, EN);
            assertThat(common.has(ParameterGroup.BODY)).isTrue();
            assertThat(common.has(ParameterGroup.TOKENS)).isFalse();
        }
    }

    /** The table is longer than the vocabulary. */
    @Test
    void underGlobEverythingIsShared() throws IOException {
        write(
                "",
                EVERYONE,
                Map.of(
                        ParameterGroup.BODY,
                        bodySize(),
                        ParameterGroup.TOKENS,
                        (PIECES + 9) * 4L,
                        ParameterGroup.POSITIONS,
                        24L));
        Snapshot snapshot = commit("en", new int[0], SHAPE);
        try (SourceParameters en = SourceParameters.of(snapshot, "en")) {
            assertThat(en.pieces()).isEqualTo(PIECES);
            for (ParameterGroup group : ParameterGroup.values()) {
                assertThat(value(en, group, 3)).isEqualTo(EVERYONE + 3);
            }
        }
    }

    @Test
    void underTrimASourceHasSomeRowsAndThePositionsOfAll() throws IOException {
        write("", EVERYONE, Map.of(ParameterGroup.BODY, bodySize(), ParameterGroup.POSITIONS, 24L));
        write("en", EN, Map.of(ParameterGroup.TOKENS, 100 * 4L));
        Snapshot snapshot = commit("en", IntStream.range(0, 100).toArray(), SHAPE);
        try (SourceParameters en = SourceParameters.of(snapshot, "en")) {
            assertThat(en.pieces()).isEqualTo(100);
            assertValues(en, ParameterGroup.TOKENS, 400, EN);
            assertValues(en, ParameterGroup.POSITIONS, 24, EVERYONE);
        }
    }

    @Test
    void underSingleNothingIsShared() throws IOException {
        write(
                "en",
                EN,
                Map.of(
                        ParameterGroup.BODY,
                        bodySize(),
                        ParameterGroup.TOKENS,
                        PIECES * 4L,
                        ParameterGroup.POSITIONS,
                        24L));
        Snapshot snapshot = commit("en", new int[0], SHAPE);
        try (SourceParameters en = SourceParameters.of(snapshot, "en");
                SourceParameters common = SourceParameters.common(snapshot)) {
            assertThat(en.ownsBody()).isTrue();
            assertValues(en, ParameterGroup.BODY, bodySize(), EN);
            assertThat(common.has(ParameterGroup.BODY)).isFalse();
            assertThatThrownBy(() -> common.copy(ParameterGroup.BODY, 0, new float[1]))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("has no BODY that all sources share");
        }
    }

    @Test
    void aSourceMayHaveRowsOfItsOwnLength() throws IOException {
        ModelShape llama = new ModelShape(2, 8, 2, 6, new Architecture.Llama(1, 12, 5_000_000_000L, true));
        Map<String, Object> model = facts(llama);
        model.put("sequenceLengths", Map.of("en", 3));
        SnapshotFacts facts = new SnapshotFacts(model, "SPEC", 1, "fp32");
        assertThat(facts.shape("de")).isEqualTo(llama);
        assertThat(facts.shape("en")).isEqualTo(llama.withSequenceLength(3));
    }

    @Test
    void whatIsMissingOrOfAnotherShapeIsSaid() throws IOException {
        write("", EVERYONE, Map.of(ParameterGroup.BODY, bodySize()));
        write("en", EN, Map.of(ParameterGroup.TOKENS, PIECES * 4L));
        Snapshot snapshot = commit("en", new int[0], SHAPE);
        assertThatThrownBy(() -> SourceParameters.of(snapshot, "en"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has no POSITIONS");
        assertThatThrownBy(() -> SourceParameters.of(snapshot, "de"))
                .hasMessageContaining("has no source 'de', but [en]");
        Snapshot wider = commit("en", new int[0], new ModelShape(1, 8, 1, 6));
        assertThatThrownBy(() -> SourceParameters.of(wider, "en"))
                .hasMessageContaining(
                        "token_embedding of the snapshot is of the shape [260, 4], and its model wants 260 x 8");
    }

    @Test
    void aDamagedFileIsNotCopiedIntoAnotherSnapshot() throws IOException {
        write("", EVERYONE, Map.of(ParameterGroup.BODY, bodySize()));
        write("en", EN, Map.of(ParameterGroup.TOKENS, PIECES * 4L, ParameterGroup.POSITIONS, 24L));
        Snapshot snapshot = commit("en", new int[0], SHAPE);
        java.nio.file.Path body = folder.resolve("snapshots/round-000005/body.safetensors");
        byte[] bytes = Files.readAllBytes(body);
        bytes[bytes.length - 1] ^= 1;
        Files.write(body, bytes);
        Path elsewhere = Path.fromLocalFile(folder.resolve("elsewhere").toFile());
        assertThatThrownBy(() -> new ExtendedSnapshot(snapshot, elsewhere)
                        .with("de", SHAPE, VOCABULARY, Optional.empty(), Map.of(), new SourceCounts(1, 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("body.safetensors is damaged");
        assertThat(Snapshot.latest(elsewhere)).isEmpty();
    }

    private static long bodySize() {
        return SHAPE.bodyParameters();
    }

    private void write(String owner, float base, Map<ParameterGroup, Long> sizes) throws IOException {
        Map<ParameterGroup, SnapshotStore.Values> groups = new EnumMap<>(ParameterGroup.class);
        sizes.forEach((group, size) -> groups.put(group, new SnapshotStore.Values() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public void copy(long from, float[] out) {
                for (int i = 0; i < out.length; i++) {
                    out[i] = base + from + i;
                }
            }
        }));
        files.addAll(new SnapshotFiles(root).writeParameters(ROUND, SHAPE, owner, groups));
    }

    private Snapshot commit(String source, int[] held, ModelShape told) throws IOException {
        files.addAll(new SnapshotFiles(root).writeVocabulary(ROUND, source, VOCABULARY, held));
        SnapshotPart all = new SnapshotPart(ROUND, 0, SourceKeys.MAX_PARALLELISM - 1, files);
        SnapshotFacts facts = new SnapshotFacts(facts(told), "SPEC", 1, "fp32");
        return Snapshot.open(new SnapshotCommitter(root, facts).commit(ROUND, List.of(all)));
    }

    private static Map<String, Object> facts(ModelShape shape) {
        Map<String, Object> model = new HashMap<>(shape.architecture().facts());
        model.put("architecture", shape.architecture().name());
        model.put("layers", shape.layers());
        model.put("width", shape.width());
        model.put("heads", shape.heads());
        model.put("sequenceLength", shape.sequenceLength());
        return model;
    }

    /** In one go, and a slice that begins and ends within tensors. */
    private static void assertValues(SourceParameters parameters, ParameterGroup group, long size, float base)
            throws IOException {
        float[] all = new float[(int) size];
        parameters.copy(group, 0, all);
        for (int i = 0; i < all.length; i++) {
            assertThat(all[i]).isEqualTo(base + i);
        }
        float[] slice = new float[(int) size / 2];
        parameters.copy(group, 7, slice);
        assertThat(slice[0]).isEqualTo(base + 7);
        assertThat(slice[slice.length - 1]).isEqualTo(base + 7 + slice.length - 1);
    }

    private static float value(SourceParameters parameters, ParameterGroup group, long index) throws IOException {
        float[] value = new float[1];
        parameters.copy(group, index, value);
        return value[0];
    }
}
