package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
    private static final List<String> TINY = List.of(
            "--layers=1",
            "--width=16",
            "--heads=2",
            "--pieces=50",
            "--rows=2",
            "--length=8",
            "--precision=fp32",
            "--repeats=1",
            "--seconds=1",
            "--memory-mib=1");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aStepThatCannotBeIsRefusedWithAllThatIsWrong() {
        assertThat(execute("bench", "step", "--layers=0", "--pieces=1", "--precision=fp8", "--repeats=0"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("--layers 0 is not between 1 and 512")
                .contains("--pieces 1 is not between 2 and 1000000")
                .contains("fp8")
                .contains("--repeats 0 is not between 1 and 1000");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void headsThatDoNotDivideTheWidthAreRefused() {
        assertThat(execute("bench", "step", "--heads=5")).isEqualTo(2);
        assertThat(err.toString()).contains("5 heads do not divide a width of 256");
    }

    @Test
    void theProgramOfAStepIsWrittenWithWhatItWantsToKnow(@TempDir Path folder) throws Exception {
        assertThat(step("--save-program=" + folder)).isZero();
        assertThat(folder.resolve("step.pt")).isNotEmptyFile();
        JsonNode facts = new ObjectMapper().readTree(folder.resolve("step.json").toFile());
        assertThat(facts.get("sizes")).hasSize(12 + 2);
        assertThat(facts.get("settings"))
                .extracting(JsonNode::asLong)
                .containsExactly(16L, 6L, (long) Integer.MAX_VALUE, 2L, 0L);
    }

    @Test
    void aStepOfLlamaIsMeasuredBesideTheLimitsAlone() throws Exception {
        assertThat(step("--architecture=llama", "--json")).isZero();
        JsonNode run = new ObjectMapper().readTree(out.toString()).at("/runs/0");
        assertThat(run.at("/settings/architecture").textValue()).isEqualTo("llama");
        assertThat(run.at("/figures").has("tributary.shareOfGemm")).isTrue();
        assertThat(run.at("/figures").has("ratio.djl")).isFalse();
    }

    @Test
    void aStepIsMeasuredBesideItsPeerAndTheLimits() throws Exception {
        assertThat(step("--json")).isZero();
        JsonNode run = new ObjectMapper().readTree(out.toString()).at("/runs/0");
        assertThat(run.at("/settings/pieces").intValue()).isEqualTo(50);
        assertThat(run.at("/settings/precision").textValue()).isEqualTo("fp32");
        JsonNode figures = run.get("figures");
        for (String key : List.of(
                "tributary.tokensPerSecond",
                "tributary.msPerStep",
                "tributary.shareOfGemm",
                "ratio.djl",
                "limit.gemm.fp32",
                "limit.gemm.bf16",
                "limit.copy",
                "limit.add")) {
            assertThat(figures.path(key).path("median").doubleValue()).as(key).isPositive();
        }
    }

    @Test
    void mergingIsMeasuredBesideMemoryAndLoopback() {
        assertThat(execute(
                        "bench",
                        "merge",
                        "--shard-values=1000",
                        "--sources=3",
                        "--repeats=2",
                        "--seconds=0.01",
                        "--memory-mib=1"))
                .isZero();
        assertThat(out.toString().lines())
                .contains("Shards of 1,000 values from 3 sources, one thread")
                .anyMatch(line -> line.startsWith("updates merged, GB/s  "))
                .anyMatch(line -> line.startsWith("a shard there and back, ms  "));
    }

    @Test
    void whatCannotBeMergedOrTokenizedIsRefused() {
        assertThat(execute("bench", "merge", "--sources=0", "--seconds=0")).isEqualTo(2);
        assertThat(execute("bench", "tokenize", "--pieces=100", "--passes=0")).isEqualTo(2);
        assertThat(err.toString())
                .contains("--sources 0 is not between 1 and 1024")
                .contains("--seconds 0.0 is not above 0")
                .contains("--pieces 100 is not between 260")
                .contains("--passes 0 is not between 1");
    }

    private int step(String... more) {
        List<String> args = new ArrayList<>(List.of("bench", "step"));
        args.addAll(TINY);
        args.addAll(List.of(more));
        return execute(args.toArray(String[]::new));
    }

    private int execute(String... args) {
        Main main = new Main();
        main.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return main.execute(args);
    }
}
