package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.flow.SnapshotStore;
import io.tributary.model.Architecture.Llama;
import io.tributary.model.ModelShape;
import io.tributary.record.ParameterGroup;
import io.tributary.record.SnapshotPart;
import io.tributary.snapshot.SnapshotCommitter;
import io.tributary.snapshot.SnapshotFacts;
import io.tributary.snapshot.SnapshotFiles;
import io.tributary.vocabulary.VocabularyTrainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
    private static final ModelShape SHAPE = new ModelShape(1, 8, 2, 4, new Llama(1, 16, 10_000, false));

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void writesTheModelOfTheOnlySource() throws IOException {
        String snapshot = snapshot("en");

        assertThat(execute("--snapshot=" + snapshot, "--dtype=bfloat16", "--max-shard-size=1kB"))
                .as(err.toString())
                .isZero();

        assertThat(out.toString())
                .contains("the model of en after 3 rounds, ", " parameters in model-00001-of-00003.safetensors, ")
                .endsWith("README.md, config.json" + System.lineSeparator());
        assertThat(Files.readString(folder.resolve("model/config.json"))).contains("LlamaForCausalLM", "bfloat16");
    }

    @Test
    void printsWhatItWroteForPrograms() throws IOException {
        JsonNode written =
                new CommandLineRuns().json("export", "--snapshot=" + snapshot("en"), "--to=" + folder.resolve("model"));
        assertThat(written.at("/source").textValue()).isEqualTo("en");
        assertThat(written.at("/round").intValue()).isEqualTo(3);
        assertThat(written.at("/files/0").textValue()).isEqualTo("model.safetensors");
    }

    @Test
    void asksWhichSourceIfThereAreSeveral() throws IOException {
        assertThat(execute("--snapshot=" + snapshot("de", "en"))).isEqualTo(2);
        assertThat(err.toString()).contains("has the sources [de, en]: name one with --source");
    }

    @Test
    void aSourceThatIsNotThereIsNamedWithThoseThatAre() throws IOException {
        assertThat(execute("--snapshot=" + snapshot("de", "en"), "--source=fr")).isEqualTo(2);
        assertThat(err.toString()).contains("has no source 'fr', but de, en");
    }

    @Test
    void aFolderThatIsNoSnapshotIsRefused() {
        assertThat(execute("--snapshot=" + folder)).isEqualTo(3);
        assertThat(err.toString()).contains("There is no finished snapshot in " + folder);
    }

    @Test
    void allWrongOptionsAreNamedAtOnce() {
        assertThat(execute("--snapshot=x", "--dtype=float16", "--max-shard-size=5gigs"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "--dtype float16 is not known: name float32 or bfloat16",
                        "--max-shard-size 5gigs is not a size such as 512MiB or 2GB");
    }

    private int execute(String... options) {
        Main main = new Main();
        main.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.add(0, "export");
        arguments.add("--to=" + folder.resolve("model"));
        return main.execute(arguments.toArray(new String[0]));
    }

    private String snapshot(String... sources) throws IOException {
        VocabularyTrainer trainer = new VocabularyTrainer(VocabularyTrainer.MIN_PIECES);
        trainer.add("a");
        byte[] vocabulary = trainer.train();
        org.apache.flink.core.fs.Path root =
                new org.apache.flink.core.fs.Path(folder.resolve("snapshots").toUri());
        SnapshotFiles store = new SnapshotFiles(root);
        List<SnapshotPart.File> files = new ArrayList<>(store.writeParameters(
                3,
                SHAPE,
                SnapshotStore.EVERYONE,
                Map.of(
                        ParameterGroup.BODY,
                        zeros(SHAPE.bodyParameters()),
                        ParameterGroup.TOKENS,
                        zeros(SHAPE.tokenParameters(260)))));
        for (String source : sources) {
            files.addAll(store.writeVocabulary(3, source, vocabulary, new int[0]));
        }
        Map<String, Object> model = new TreeMap<>(SHAPE.architecture().facts());
        model.putAll(Map.of("architecture", "llama", "layers", 1, "width", 8, "heads", 2, "sequenceLength", 4));
        return new SnapshotCommitter(root, new SnapshotFacts(model, "GLOB", 7, "fp32"))
                .commit(3, List.of(new SnapshotPart(3, 0, 127, files)))
                .toString();
    }

    private static SnapshotStore.Values zeros(long size) {
        return new SnapshotStore.Values() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public void copy(long from, float[] out) {}
        };
    }
}
