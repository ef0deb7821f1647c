package io.tributary.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.huggingface.ExportedFiles.Matrix;
import io.tributary.huggingface.ExportedFiles.Tensors;
import io.tributary.model.AdamW;
import io.tributary.model.Architecture.Llama;
import io.tributary.model.ModelShape;
import io.tributary.model.Positions;
import io.tributary.model.Precision;
import io.tributary.model.SharedParameters;
import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.record.ParameterGroup;
import io.tributary.record.TensorId;
import io.tributary.snapshot.Dtype;
import io.tributary.snapshot.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExportTest {
    private static final ModelShape GPT2 = new ModelShape(2, 24, 3, 8);
    private static final ModelShape LLAMA = new ModelShape(2, 24, 6, 8, new Llama(2, 40, 500, false));
    private static final ModelShape QWEN3 = new ModelShape(2, 24, 6, 8, new Llama(3, 40, 500, true));
    private static final Export PLAIN = new Export(Dtype.F32, Export.DEFAULT_SHARD_BYTES);

    @TempDir
    Path folder;

    static List<ModelShape> shapes() {
        return List.of(GPT2, LLAMA, QWEN3);
    }

    /** The engine tells no logits, but how much likelier one last token is than another: the difference of two. */
    @ParameterizedTest
    @MethodSource("shapes")
    void theExportedModelComputesWhatWasTrained(ModelShape shape) throws Exception {
        var parameters = SmallSnapshot.parameters(shape, SmallSnapshot.PIECES);
        Snapshot snapshot = SmallSnapshot.glob(folder.resolve("snapshots"), shape, parameters);
        PLAIN.run(snapshot, "en", SmallSnapshot.path(folder.resolve("out")));
        NaiveTransformer exported = new NaiveTransformer(new ExportedFiles(folder.resolve("out")));
        int[] ids = new Random(5)
                .ints(shape.sequenceLength() + 1L, 0, SmallSnapshot.PIECES)
                .toArray();
        double[][] logitsTV = exported.logits(Arrays.copyOf(ids, shape.sequenceLength()));
        double[] last = logitsTV[logitsTV.length - 1];
        assertThat(Arrays.stream(last).max().orElseThrow()
                        - Arrays.stream(last).min().orElseThrow())
                .isGreaterThan(5);

        try (StepEngine engine = StepEngine.open(shape, Precision.FP32, AdamW.defaults(), parameters.keySet());
                SourceModel source = engine.newSource("en", SmallSnapshot.PIECES, shape.sequenceLength(), 1);
                SharedParameters base = shared(engine, parameters)) {
            double[] nats = new double[SmallSnapshot.PIECES];
            for (int v = 0; v < nats.length; v++) {
                ids[ids.length - 1] = v;
                nats[v] = source.evaluate(base, ids, 1);
                assertThat(nats[v]).isCloseTo(sumOfNats(logitsTV, ids), Offset.offset(1e-4));
            }
            for (int v = 0; v < nats.length; v++) {
                assertThat(nats[0] - nats[v]).isCloseTo(last[v] - last[0], Offset.offset(1e-4));
            }
        }
    }

    private static SharedParameters shared(StepEngine engine, Map<ParameterGroup, float[]> parameters) {
        Map<TensorId, Long> sizes = new HashMap<>();
        parameters.forEach((group, values) -> sizes.put(TensorId.parameters(group), (long) values.length));
        SharedParameters base = engine.newShared(SmallSnapshot.ROUND, sizes);
        parameters.forEach((group, values) -> base.put(TensorId.parameters(group), 0, values));
        return base;
    }

    private static double sumOfNats(double[][] logitsTV, int[] idsT1) {
        double nats = 0;
        for (int t = 0; t < logitsTV.length; t++) {
            double sum = Arrays.stream(logitsTV[t]).map(Math::exp).sum();
            nats += Math.log(sum) - logitsTV[t][idsT1[t + 1]];
        }
        return nats;
    }

    @Test
    void embeddingsOfTheSourceAloneAreExportedAsSharedOnesAre() throws IOException {
        var parameters = SmallSnapshot.parameters(GPT2, SmallSnapshot.PIECES);
        PLAIN.run(
                SmallSnapshot.glob(folder.resolve("a"), GPT2, parameters),
                "en",
                SmallSnapshot.path(folder.resolve("shared")));
        PLAIN.run(
                SmallSnapshot.own(folder.resolve("b"), GPT2, parameters, new int[0]),
                "en",
                SmallSnapshot.path(folder.resolve("own")));

        Tensors shared = new ExportedFiles(folder.resolve("shared")).tensors();
        Tensors own = new ExportedFiles(folder.resolve("own")).tensors();
        assertThat(own.all()).hasSize(28).containsOnlyKeys(shared.all().keySet());
        own.all().forEach((name, matrix) -> assertThat(matrix.values())
                .isEqualTo(shared.get(name).values()));
    }

    @Test
    void rowsOfASourceThatHoldsAllPiecesAreInTheOrderOfItsVocabulary() throws IOException {
        int[] held = IntStream.range(0, SmallSnapshot.PIECES)
                .map(id -> id < 259 ? id : SmallSnapshot.PIECES + 258 - id)
                .toArray();
        var parameters = SmallSnapshot.parameters(LLAMA, SmallSnapshot.PIECES);
        Snapshot snapshot = SmallSnapshot.own(folder.resolve("snapshots"), LLAMA, parameters, held);

        PLAIN.run(snapshot, "en", SmallSnapshot.path(folder.resolve("out")));

        float[] rows = parameters.getOrDefault(ParameterGroup.TOKENS, new float[0]);
        Matrix tokens = new ExportedFiles(folder.resolve("out")).tensors().get("model.embed_tokens.weight");
        assertThat(tokens.shape()).containsExactly(SmallSnapshot.PIECES, LLAMA.width());
        for (int row = 0; row < held.length; row++) {
            for (int i = 0; i < LLAMA.width(); i++) {
                assertThat(tokens.values()[held[row] * LLAMA.width() + i]).isEqualTo(rows[row * LLAMA.width() + i]);
            }
        }
    }

    @Test
    void aSourceThatLacksPiecesIsRefused() throws IOException {
        var parameters = SmallSnapshot.parameters(LLAMA, 260);
        int[] held = IntStream.range(0, 260).toArray();
        Snapshot snapshot = SmallSnapshot.own(folder.resolve("snapshots"), LLAMA, parameters, held);

        assertThatThrownBy(() -> PLAIN.run(snapshot, "en", SmallSnapshot.path(folder.resolve("out"))))
                .hasMessageContaining("'en' holds 260 of the " + SmallSnapshot.PIECES + " pieces")
                .hasMessageContaining("Export a snapshot of variant glob");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void positionsThatHuggingFaceDoesNotKnowAreRefused() throws IOException {
        ModelShape shape = new ModelShape(1, 8, 2, 8, Positions.ALIBI);
        Snapshot snapshot = SmallSnapshot.glob(
                folder.resolve("snapshots"), shape, SmallSnapshot.parameters(shape, SmallSnapshot.PIECES));

        assertThatThrownBy(() -> PLAIN.run(snapshot, "en", SmallSnapshot.path(folder.resolve("out"))))
                .hasMessageContaining("model.positions: alibi")
                .hasMessageContaining("Train with model.positions: learned");
    }

    @Test
    void largeModelsAreCutIntoFilesThatAnIndexNames() throws IOException {
        var parameters = SmallSnapshot.parameters(QWEN3, SmallSnapshot.PIECES);
        Snapshot snapshot = SmallSnapshot.glob(folder.resolve("snapshots"), QWEN3, parameters);
        PLAIN.run(snapshot, "en", SmallSnapshot.path(folder.resolve("one")));

        new Export(Dtype.F32, 10_000).run(snapshot, "en", SmallSnapshot.path(folder.resolve("many")));

        ExportedFiles many = new ExportedFiles(folder.resolve("many"));
        JsonNode index = many.json("model.safetensors.index.json");
        Tensors whole = new ExportedFiles(folder.resolve("one")).tensors();
        Tensors cut = many.tensors();
        long values =
                whole.all().values().stream().mapToLong(m -> m.values().length).sum();
        assertThat(index.at("/metadata/total_size").longValue()).isEqualTo(4 * values);
        assertThat(cut.all()).containsOnlyKeys(whole.all().keySet());
        for (String name : cut.all().keySet()) {
            String file = index.get("weight_map").get(name).textValue();
            assertThat(file).matches("model-0000[1-9]-of-0000[4-9]\\.safetensors");
            JsonNode header = many.header(file);
            assertThat(header.has(name)).isTrue();
            assertThat(header.at("/__metadata__/format").textValue()).isEqualTo("pt");
            assertThat(header.size() == 2 || Files.size(folder.resolve("many/" + file)) < 10_000 + 3_000)
                    .isTrue();
            assertThat(cut.get(name).values()).isEqualTo(whole.get(name).values());
        }
        try (Stream<Path> files = Files.list(folder.resolve("many"))) {
            assertThat(files.filter(file -> file.toString().endsWith(".safetensors")))
                    .hasSize((int)
                            index.get("weight_map").valueStream().distinct().count());
        }
    }

    @Test
    void halfPrecisionHalvesTheFileAndRoundsEachValue() throws IOException {
        var parameters = SmallSnapshot.parameters(GPT2, SmallSnapshot.PIECES);
        Snapshot snapshot = SmallSnapshot.glob(folder.resolve("snapshots"), GPT2, parameters);
        PLAIN.run(snapshot, "en", SmallSnapshot.path(folder.resolve("float32")));

        new Export(Dtype.BF16, Export.DEFAULT_SHARD_BYTES)
                .run(snapshot, "en", SmallSnapshot.path(folder.resolve("bfloat16")));

        ExportedFiles half = new ExportedFiles(folder.resolve("bfloat16"));
        assertThat(half.json("config.json").get("torch_dtype").textValue()).isEqualTo("bfloat16");
        Tensors whole = new ExportedFiles(folder.resolve("float32")).tensors();
        half.tensors().all().forEach((name, matrix) -> {
            double[] exact = whole.get(name).values();
            for (int i = 0; i < exact.length; i++) {
                assertThat(matrix.values()[i]).isCloseTo(exact[i], Offset.offset(Math.abs(exact[i]) / 256));
            }
        });
    }

    @Test
    void aFolderWithFilesIsLeftAsItIs() throws IOException {
        Snapshot snapshot = SmallSnapshot.glob(
                folder.resolve("snapshots"), GPT2, SmallSnapshot.parameters(GPT2, SmallSnapshot.PIECES));
        Path out = Files.createDirectory(folder.resolve("out"));
        Files.writeString(out.resolve("mine.txt"), "mine");

        assertThatThrownBy(() -> PLAIN.run(snapshot, "en", SmallSnapshot.path(out)))
                .hasMessageContaining("is not empty: name a new folder");
        assertThat(out.toFile().list()).containsExactly("mine.txt");
    }

    @Test
    void damageIsFoundBeforeAnythingIsWritten() throws IOException {
        Snapshot snapshot = SmallSnapshot.glob(
                folder.resolve("snapshots"), GPT2, SmallSnapshot.parameters(GPT2, SmallSnapshot.PIECES));
        Path body = Path.of(snapshot.folder().getPath(), "body.safetensors");
        byte[] bytes = Files.readAllBytes(body);
        bytes[bytes.length - 1] ^= 1;
        Files.write(body, bytes);

        assertThatThrownBy(() -> PLAIN.run(snapshot, "en", SmallSnapshot.path(folder.resolve("out"))))
                .hasMessageContaining("is damaged: body.safetensors");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void theCardTellsWhatTheModelWasMadeOf() throws IOException {
        Snapshot snapshot = SmallSnapshot.glob(
                folder.resolve("snapshots"), LLAMA, SmallSnapshot.parameters(LLAMA, SmallSnapshot.PIECES));
        PLAIN.run(snapshot, "en", SmallSnapshot.path(folder.resolve("out")));

        assertThat(Files.readString(folder.resolve("out/README.md")))
                .startsWith("---\nlibrary_name: transformers\n")
                .contains("| variant | GLOB |", "| rounds | 8 |", "2 key-value heads")
                .contains("| `en` | 1,234,567 | 2,345,678 | " + SmallSnapshot.PIECES + " |")
                .contains("| `de` | not told |");
    }
}
