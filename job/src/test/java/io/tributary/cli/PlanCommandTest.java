package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.plan.Preset;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {
    private static final String SETTINGS =
            """
            model: {layers: 2, width: 64, heads: 4, sequenceLength: 32}
            variant: spec
            vocabulary: {pieces: 500}
            sources: [{name: en}, {name: de, pieces: 300}]
            training: {batchRows: 4, learningRate: {peak: 1e-3}}
            rounds: {localSteps: 10, count: 5}
            cluster: {subtasks: 1, tokensPerSecond: 1000, networkBandwidth: 1Gbit/s}
            """;

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void printsWhatWasPublishedAndWhatTributaryCounts() {
        assertThat(execute("plan", "--preset=mc4-1b")).isZero();
        assertThat(out.toString().lines())
                .contains(
                        "As published, with the body that this implies: 1,300 M - 50,257 x 2,048",
                        "STD          250,112    512.229  1,709.303  854,651.520  1,709.303            1",
                        "SPEC-OPT      50,257    102.926  1,300.000    1,197.074      2.394          714",
                        "As Tributary counts: body 1,208,602,624, learned positions 4,194,304",
                        "STD          250,112    512.229  1,725.026  862,513.152  1,725.026            1",
                        "SPEC-OPT      50,257    102.926  1,315.723    1,208.603      2.417          714");
    }

    @Test
    void saysWhatTrainingTakes() {
        assertThat(execute("plan", "--preset=pile-12")).isZero();
        // 6 x (85,056,000 + 45,554 x 768) + 12 x 12 x 768 x 2,048, and 12 x (85,056,000 + 45,554 x 768 + 2,048 x 768).
        assertThat(out.toString().lines()).contains("TRIM          0.947          1.459");
    }

    @Test
    void everyPresetFitsATerminal() {
        for (Preset preset : Preset.values()) {
            assertThat(execute("plan", "--preset=" + preset.label())).isZero();
        }
        assertThat(out.toString().lines()).hasSizeGreaterThan(60).allSatisfy(line -> assertThat(line)
                .hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void helpNamesEveryPreset() {
        assertThat(execute("help", "plan")).isZero();
        assertThat(Preset.values())
                .allSatisfy(preset -> assertThat(out.toString()).contains(preset.label()));
    }

    @Test
    void anUnknownPresetIsRefusedWithThoseThatThereAre() {
        assertThat(execute("plan", "--preset=pile")).isEqualTo(2);
        assertThat(err.toString()).contains("--preset pile is not known: name one of pile-12, pile-24, mc4-12, mc4-1b");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aMissingPresetIsNamed() {
        assertThat(execute("plan")).isEqualTo(2);
        assertThat(err.toString()).contains("--preset is missing").contains("Try: tributary help plan");
    }

    @Test
    void aFileThatFitsIsPlanned() throws Exception {
        assertThat(execute("plan", "--config=" + file(SETTINGS))).isZero();
        assertThat(out.toString().lines())
                .contains(
                        "spec: 2 layers, width 64, 4 heads, rows of 32 tokens; 2 sources, parallelism 1",
                        "Device memory of subtask 0, which needs the most (en, de):",
                        "It fits.")
                .anyMatch(line -> line.matches("the run +100,096 +51,200 +4,096 +155,392 +"))
                .anyMatch(line -> line.matches("spec +de +391.00 KiB .*40,038 B"));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aFileThatDoesNotFitFailsWithItsReasons() throws Exception {
        Path tight = file(SETTINGS.replace("subtasks: 1", "subtasks: 1, heapMemory: 1MiB"));
        assertThat(execute("plan", "--config=" + tight)).isEqualTo(4);
        assertThat(err.toString()).contains("TRB-R04: The run does not fit: cluster.heapMemory");
        assertThat(out.toString())
                .contains("Does not fit: cluster.heapMemory: subtask 0 needs ", "lower training.queue")
                .doesNotContain("It fits.");
    }

    @Test
    void aWrongFileIsRefusedWithAllThatIsWrong() throws Exception {
        Path wrong = file(SETTINGS.replace("layers: 2", "layers: 0").replace("count: 5", "cuont: 5"));
        assertThat(execute("plan", "--config=" + wrong)).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        wrong + ": model.layers: 0 is not between 1 and 512",
                        "rounds.count: is missing",
                        "rounds.cuont: there is no such setting, did you mean count?");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void jsonSaysTheSame() throws Exception {
        assertThat(execute("plan", "--json", "--config=" + file(SETTINGS))).isZero();
        JsonNode plan = new ObjectMapper().readTree(out.toString());
        assertThat(CommandLineDocs.fields("plan")).containsAll(plan::fieldNames);
        assertThat(plan.at("/variant").textValue()).isEqualTo("spec");
        assertThat(plan.at("/parameters/body").longValue()).isEqualTo(100_096);
        assertThat(plan.at("/device/parts/0/name").textValue()).isEqualTo("own weights");
        assertThat(plan.at("/traffic/0/sent/body").longValue()).isEqualTo(10 * 4 * 100_096);
        assertThat(plan.at("/exceeded").isEmpty()).isTrue();
    }

    @Test
    void aPresetAndAFileExcludeEachOther() throws Exception {
        assertThat(execute("plan", "--preset=pile-12", "--config=" + file(SETTINGS)))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--preset and --config exclude each other");
    }

    @Test
    void jsonOfAPresetIsRefused() {
        assertThat(execute("plan", "--preset=pile-12", "--json")).isEqualTo(2);
        assertThat(err.toString()).contains("--json needs --config");
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("settings.yaml"), yaml);
    }

    private int execute(String... args) {
        Main main = new Main();
        main.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return main.execute(args);
    }
}
