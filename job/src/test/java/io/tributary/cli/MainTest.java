package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.house.Repository;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void saysAllThatIsWrongAtOnce() throws Exception {
        Files.writeString(folder.resolve("old"), "x");
        int status = execute(
                "demo",
                "--rounds=0",
                "--steps=many",
                "--parallelism=500",
                "--what=5",
                "--corpus=a",
                "--corpus=../b=x",
                "--corpus=c=" + folder.resolve("none.txt"),
                "--out=" + folder);

        assertThat(status).isEqualTo(2);
        assertThat(err.toString())
                .contains("--rounds 0 is not between 1 and 1000000")
                .contains("'--steps'")
                .contains("many")
                .contains("--parallelism 500")
                .contains("--what=5")
                .contains("--corpus a is not of the form NAME=FILE")
                .contains("--corpus ../b=x: a name has")
                .contains("none.txt: there is no such file")
                .contains("is not empty")
                .contains("Try: tributary help demo");
        assertThat(err.toString()).startsWith("tributary: TRB-S01: this cannot be run:");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void withoutACommandAllAreShownByGroups() {
        for (String[] how : new String[][] {{}, {"--help"}, {"help"}}) {
            assertThat(execute(how)).isZero();
        }
        assertThat(out.toString()).isEqualTo(Main.usage().repeat(3));
    }

    @Test
    void namesACorpusThatIsGivenTwice() throws Exception {
        Path file = Files.writeString(folder.resolve("a.txt"), "text");
        assertThat(execute("demo", "--corpus=a=" + file, "--corpus=a=" + file, "--out=" + folder.resolve("new")))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--corpus names a twice");
    }

    @Test
    void anEmptyCorpusFileFailsWithItsName() throws Exception {
        Path file = Files.writeString(folder.resolve("empty.txt"), "\n\n");
        assertThat(execute("demo", "--corpus=a=" + file, "--out=" + folder.resolve("new")))
                .isEqualTo(3);
        assertThat(err.toString()).startsWith("tributary: TRB-T01: ").contains("empty.txt is empty");
    }

    @Test
    void helpNamesEveryOption() {
        assertThat(execute("help", "demo")).isZero();
        assertThat(out.toString())
                .contains("--corpus", "--rounds", "--steps", "--minutes", "--parallelism", "--seed", "--out", "--keep");
    }

    @Test
    void helpOfACommandInAnotherIsItsOwn() {
        assertThat(execute("help", "cluster", "start")).isZero();
        assertThat(out.toString()).contains("--taskmanager-memory");
        assertThat(execute("cluster", "start", "--taskmanagers=0")).isEqualTo(2);
        assertThat(err.toString()).contains("Try: tributary help cluster start");
        assertThat(execute("help", "cluster", "strat")).isEqualTo(2);
        assertThat(err.toString()).contains("There is no command 'cluster strat'");
    }

    @Test
    void aVocabularyOfADemoIsForASourceThatThereIs() throws Exception {
        Path corpus = Files.writeString(folder.resolve("a.txt"), "text");
        Path model = Files.writeString(folder.resolve("a.model"), "no model");
        assertThat(execute("demo", "--corpus=a=" + corpus, "--vocabulary=b=" + model, "--out=" + folder.resolve("new")))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--vocabulary b=" + model + ": there is no source of that name, but a");
        assertThat(execute("demo", "--vocabulary=eng=" + model, "--out=" + folder.resolve("new")))
                .isEqualTo(2);
        assertThat(err.toString()).contains("there is no source of that name, but en, de");
    }

    @Test
    void anUnknownCommandIsRefused() {
        assertThat(execute("dmo")).isEqualTo(2);
        assertThat(err.toString()).contains("dmo");
    }

    @Test
    void configPrintsWhatAFileComesTo() throws Exception {
        Path file = Files.writeString(
                folder.resolve("run.yaml"),
                """
                model: {layers: 2, width: 64, heads: 4, sequenceLength: 32}
                variant: spec
                vocabulary: {pieces: 500}
                training: {batchRows: 4, learningRate: {peak: 1e-3}}
                rounds: {localSteps: 10}
                kafka: {bootstrapServers: 'a:1', properties: {sasl.jaas.config: hunter2}}
                snapshots: {folder: /there}
                """);
        String none = "--folder=" + folder.resolve("no-cluster");
        assertThat(execute("config", none, "--config=" + file, "--set", "rounds.localSteps=20"))
                .isZero();
        assertThat(out.toString()).contains("localSteps: 20", "timeout: 10m").doesNotContain("hunter2");

        assertThat(execute("config", none, "--config=" + file, "--set", "rounds.localSteps=0", "--set=model.heads"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--set model.heads: is not of the form PATH=VALUE");
        assertThat(execute("config", none, "--config=" + file, "--set", "rounds.localSteps=0"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--set rounds.localSteps: 0 is not between 1 and 1,000,000");
    }

    @Test
    void configPrintsTheSameForPrograms() throws Exception {
        assertThat(execute(
                        "config",
                        "--plan",
                        "--json",
                        "--config=" + Repository.root().resolve("docs/examples/plan.yaml")))
                .isZero();
        assertThat(new ObjectMapper()
                        .readTree(out.toString())
                        .at("/rounds/count")
                        .isInt())
                .isTrue();
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void configPrintsTheSchema() {
        assertThat(execute("config", "--schema")).isZero();
        assertThat(out.toString()).startsWith("{").contains("https://json-schema.org/draft/2020-12/schema");
    }

    private int execute(String... args) {
        Main main = new Main();
        main.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return main.execute(args);
    }
}
