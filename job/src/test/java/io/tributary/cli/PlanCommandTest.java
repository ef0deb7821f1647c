package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.plan.Preset;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class PlanCommandTest {
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

    private int execute(String... args) {
        Main main = new Main();
        main.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return main.execute(args);
    }
}
