package io.tributary.pretrained;

import static io.tributary.record.ParameterGroup.BODY;
import static io.tributary.record.ParameterGroup.POSITIONS;
import static io.tributary.record.ParameterGroup.TOKENS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.flow.InitialValues;
import io.tributary.huggingface.Export;
import io.tributary.model.Architecture.Llama;
import io.tributary.model.ModelShape;
import io.tributary.pretrained.InitialModel.Origin;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Variant;
import io.tributary.snapshot.Dtype;
import io.tributary.snapshot.FloatSource;
import io.tributary.snapshot.SafetensorsReader;
import io.tributary.snapshot.SafetensorsWriter;
import io.tributary.snapshot.Snapshot;
import io.tributary.snapshot.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.core.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PretrainedTest {
    private static final ModelShape GPT2 = new ModelShape(2, 24, 3, 8);
    private static final ModelShape LLAMA = new ModelShape(2, 24, 6, 8, new Llama(2, 40, 500, false));
    private static final ModelShape QWEN3 = new ModelShape(2, 24, 6, 8, new Llama(3, 40, 500, true));
    private static final float DRAWN = 77;

    @TempDir
    java.nio.file.Path folder;

    static List<ModelShape> shapes() {
        return List.of(GPT2, LLAMA, QWEN3);
    }

    @Test
    void aSnapshotGivesEveryoneTheBodyAndEachSourceItsEmbeddings() throws IOException {
        Written written = new Written(folder, GPT2);
        var common = written.values("", Written.PIECES, Set.of(BODY));
        var en = written.values("en", Written.PIECES, Set.of(TOKENS, POSITIONS));
        var de = written.values("de", Written.PIECES, Set.of(TOKENS, POSITIONS));
        written.source("en");
        written.source("de");
        InitialModel initial = model(
                written.commit(Variant.SPEC),
                "",
                Map.of("en", new Origin("en", true), "news", new Origin("de", true), "fr", new Origin("de", false)));

        assertThat(read(initial, BODY, "", GPT2)).isEqualTo(values(common, BODY));
        assertThat(read(initial, TOKENS, "en", GPT2)).isEqualTo(values(en, TOKENS));
        assertThat(read(initial, POSITIONS, "en", GPT2)).isEqualTo(values(en, POSITIONS));
        assertThat(read(initial, TOKENS, "news", GPT2)).isEqualTo(values(de, TOKENS));
        assertThat(read(initial, TOKENS, "fr", GPT2)).containsOnly(DRAWN);
        assertThat(read(initial, POSITIONS, "fr", GPT2)).isEqualTo(values(de, POSITIONS));
        assertThat(read(initial, TOKENS, "de", GPT2)).containsOnly(DRAWN);
    }

    @Test
    void aSnapshotOfSingleGivesEachSourceItsBodyOrAllTheOneThatIsNamed() throws IOException {
        Written written = new Written(folder, GPT2);
        var en = written.values("en", Written.PIECES, Set.of(BODY, TOKENS, POSITIONS));
        var de = written.values("de", Written.PIECES, Set.of(BODY, TOKENS, POSITIONS));
        written.source("en");
        written.source("de");
        Path snapshot = written.commit(Variant.SINGLE);

        assertThat(read(model(snapshot, "", Map.of()), BODY, "en", GPT2)).isEqualTo(values(en, BODY));
        assertThat(read(model(snapshot, "", Map.of()), BODY, "de", GPT2)).isEqualTo(values(de, BODY));
        assertThat(read(model(snapshot, "", Map.of()), BODY, "fr", GPT2)).containsOnly(DRAWN);
        assertThat(read(model(snapshot, "de", Map.of()), BODY, "", GPT2)).isEqualTo(values(de, BODY));
    }

    @Test
    void ofTrimEachRowComesFromWhoeverHoldsIt() throws IOException {
        Written written = new Written(folder, GPT2);
        written.values("", 0, Set.of(BODY, POSITIONS));
        var en = written.values("en", 2, Set.of(TOKENS));
        var de = written.values("de", 3, Set.of(TOKENS));
        written.source("en", 5, 2);
        written.source("de", 7, 0, 259);
        InitialModel initial = model(written.commit(Variant.TRIM), "", Map.of("", new Origin("de", true)));

        float[] table = read(initial, TOKENS, "", GPT2);

        int d = GPT2.width();
        assertThat(Arrays.copyOfRange(table, 5 * d, 6 * d)).isEqualTo(Arrays.copyOf(values(en, TOKENS), d));
        assertThat(Arrays.copyOfRange(table, 2 * d, 3 * d)).isEqualTo(Arrays.copyOfRange(values(en, TOKENS), d, 2 * d));
        assertThat(Arrays.copyOfRange(table, 259 * d, 260 * d))
                .isEqualTo(Arrays.copyOfRange(values(de, TOKENS), 2 * d, 3 * d));
        assertThat(Arrays.copyOfRange(table, 8 * d, 259 * d)).containsOnly(DRAWN);
    }

    /** With as many files as there are tensors, and with one. */
    @ParameterizedTest
    @MethodSource("shapes")
    void anExportedModelGivesBackEveryBit(ModelShape shape) throws IOException {
        Written written = new Written(folder.resolve("snapshots"), shape);
        var all = written.values("", Written.PIECES, Set.of(ParameterGroup.values()));
        written.source("en");
        Snapshot snapshot = Snapshot.open(written.commit(Variant.GLOB));
        for (long shardBytes : new long[] {1, Export.DEFAULT_SHARD_BYTES}) {
            Path to = local("out-" + shardBytes);
            new Export(Dtype.F32, shardBytes).run(snapshot, "en", to);

            Pretrained model = Pretrained.open(to);
            assertThat(model.shape()).isEqualTo(shape);
            assertThat(model.vocabulary("anyone")).isEqualTo(Written.VOCABULARY);
            InitialModel initial = model(to, "", Map.of("anyone", new Origin("", true)));
            assertThat(read(initial, BODY, "", shape)).isEqualTo(values(all, BODY));
            assertThat(read(initial, TOKENS, "anyone", shape)).isEqualTo(values(all, TOKENS));
            if (shape.learnsPositions()) {
                assertThat(read(initial, POSITIONS, "anyone", shape)).isEqualTo(values(all, POSITIONS));
            }
        }
    }

    /** As the first GPT-2 was saved: without its head, so that names lack what they begin with. */
    @Test
    void namesMayLackThePrefix() throws IOException {
        Map<ParameterGroup, float[]> all = exported(GPT2);
        java.nio.file.Path file = folder.resolve("out/model.safetensors");
        List<Tensor> tensors = new ArrayList<>();
        try (SafetensorsReader reader = SafetensorsReader.open(local("out/model.safetensors"))) {
            for (String name : reader.names()) {
                tensors.add(new Tensor(
                        name.replace("transformer.", ""), reader.shape(name), FloatSource.of(reader.read(name))));
            }
        }
        tensors.add(Tensor.of("h.0.attn.bias", FloatSource.of(new float[64]), 1, 1, 8, 8));
        try (OutputStream out = Files.newOutputStream(file)) {
            SafetensorsWriter.write(out, Map.of(), tensors);
        }

        assertThat(read(model(local("out"), "", Map.of()), BODY, "", GPT2)).isEqualTo(values(all, BODY));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            "gelu_new"            | "relu"         | activation_function is relu, and Tributary has gelu_new
            "n_inner" : 96        | "n_inner": 100 | n_inner is 100, and Tributary has 96
            "n_layer" : 2         | "n_layer": 3   | has no tensor 'transformer.h.2.ln_1.weight'
            "n_embd" : 24         | "n_embd": 12   | n_inner is 96, and Tributary has 48
            "n_head" : 3          | "n_head": 5    | 5 heads do not divide
            "layer_norm_epsilon" : 1.0E-5 | "layer_norm_epsilon": 1e-6 | layer_norm_epsilon is 1.0E-6
            "model_type" : "gpt2" | "model_type": "bert" | model_type is 'bert'
            """)
    void aModelThatIsComputedOtherwiseIsRefused(String from, String to, String problem) throws IOException {
        exported(GPT2);
        edit(from, to);

        assertThatThrownBy(() -> Pretrained.open(local("out")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            "rope_theta" : 500      | "rope_theta": 0.5                             | rope_theta is 0.5
            "rope_theta" : 500      | "rope_scaling": {"rope_type": "llama3"}       | RoPE is scaled ('llama3')
            "attention_bias" : false | "attention_bias": true                       | attention_bias is true
            "hidden_act" : "silu"   | "hidden_act": "gelu"                          | hidden_act is gelu
            "rms_norm_eps" : 1.0E-5 | "other": 1                                    | rms_norm_eps is 1.0E-6
            "head_dim" : 4          | "head_dim": 8                                 | head_dim is 8, and Tributary has 4
            """)
    void aLlamaThatIsComputedOtherwiseIsRefused(String from, String to, String problem) throws IOException {
        exported(LLAMA);
        edit(from, to);

        assertThatThrownBy(() -> Pretrained.open(local("out")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(problem);
    }

    /** As version 5 of the transformers library writes it. */
    @Test
    void thetaMayLieInTheParametersOfRope() throws IOException {
        exported(LLAMA);
        edit("\"rope_theta\" : 500", "\"rope_parameters\": {\"rope_theta\": 500.0, \"rope_type\": \"default\"}");

        assertThat(Pretrained.open(local("out")).shape()).isEqualTo(LLAMA);
    }

    @Test
    void embeddingsWithAnotherHeadOrAnotherVocabularyAreNotKept() throws IOException {
        exported(LLAMA);
        Files.delete(folder.resolve("out/tokenizer.model"));
        assertThatThrownBy(() -> Pretrained.open(local("out")).vocabulary(""))
                .hasMessageContaining("no tokenizer.model");
        edit("\"tie_word_embeddings\" : true", "\"unknown\": 1");
        assertThatThrownBy(() -> Pretrained.open(local("out")).vocabulary(""))
                .hasMessageContaining("a head beside its token embeddings");
    }

    @Test
    void whatIsNoModelIsSaid() throws IOException {
        assertThatThrownBy(() -> Pretrained.open(local("nowhere"))).hasMessageContaining("name the folder of one");
        exported(GPT2);
        Files.delete(folder.resolve("out/model.safetensors"));
        assertThatThrownBy(() -> Pretrained.open(local("out"))).hasMessageContaining("as safetensors");
    }

    @Test
    void moreThanThereIsCannotBeRead() throws IOException {
        exported(GPT2);
        InitialModel initial = model(local("out"), "", Map.of("en", new Origin("", true)));
        try (InitialValues.Reader reader = initial.open()) {
            float[] values = new float[GPT2.width() + 1];
            assertThatThrownBy(() ->
                            reader.overwrite(POSITIONS, "en", (GPT2.sequenceLength() - 1L) * GPT2.width(), values))
                    .hasMessageContaining("POSITIONS for source en");
        }
    }

    /** Exports a model to the folder {@code out}, and returns what it was. */
    private Map<ParameterGroup, float[]> exported(ModelShape shape) throws IOException {
        Written written = new Written(folder.resolve("snapshots"), shape);
        var all = written.values("", Written.PIECES, Set.of(ParameterGroup.values()));
        written.source("en");
        new Export(Dtype.F32, Export.DEFAULT_SHARD_BYTES)
                .run(Snapshot.open(written.commit(Variant.GLOB)), "en", local("out"));
        return all;
    }

    private void edit(String from, String to) throws IOException {
        java.nio.file.Path config = folder.resolve("out/config.json");
        String json = Files.readString(config);
        assertThat(json).contains(from);
        Files.writeString(config, json.replace(from, to));
    }

    private Path local(String name) {
        return Path.fromLocalFile(folder.resolve(name).toFile());
    }

    private static InitialModel model(Path folder, String bodyOf, Map<String, Origin> embeddings) {
        return new InitialModel(folder.toString(), bodyOf, embeddings);
    }

    private static float[] values(Map<ParameterGroup, float[]> values, ParameterGroup group) {
        return values.getOrDefault(group, new float[0]);
    }

    /** All of a group, in slices of every length from 1 on. */
    private static float[] read(InitialModel initial, ParameterGroup group, String owner, ModelShape shape)
            throws IOException {
        long size =
                switch (group) {
                    case BODY -> shape.bodyParameters();
                    case TOKENS -> shape.tokenParameters(Written.PIECES);
                    case POSITIONS -> shape.positionParameters();
                };
        float[] whole = new float[(int) size];
        try (InitialValues.Reader reader = initial.open()) {
            int length = 1;
            for (int from = 0; from < whole.length; from += length++) {
                float[] slice = new float[Math.min(length, whole.length - from)];
                Arrays.fill(slice, DRAWN);
                reader.overwrite(group, owner, from, slice);
                System.arraycopy(slice, 0, whole, from, slice.length);
            }
        }
        return whole;
    }
}
