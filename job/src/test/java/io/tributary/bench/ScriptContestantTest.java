package io.tributary.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptContestantTest {
    private static final StepSetup SETUP = new StepSetup(new ModelShape(1, 16, 2, 8), 50, 2, Precision.BF16);

    @TempDir
    Path folder;

    @BeforeEach
    void needsPython() {
        assumeThat(Path.of("/usr/bin/python3")).exists();
    }

    @Test
    void aTurnIsTakenForEachOrder() throws Exception {
        Path script = script(
                """
                import sys
                print('{"ready": true}', flush=True)
                for line in sys.stdin:
                    seconds = line.split()[1]
                    print('{"steps": 3, "seconds": %s, "loss": 2.5}' % seconds, flush=True)
                """);
        try (ScriptContestant contestant = ScriptContestant.start(script, SETUP, 2, true)) {
            assertThat(contestant.label()).isEqualTo("PyTorch compiled, bf16");
            assertThat(contestant.turn(0.5)).isEqualTo(new Contestant.Turn(3, 0.5, 2.5));
            assertThat(contestant.turn(1.5)).isEqualTo(new Contestant.Turn(3, 1.5, 2.5));
        }
    }

    @Test
    void aScriptThatEndsIsToldFromOneThatIsSlow() throws Exception {
        assertThatThrownBy(() -> ScriptContestant.start(script("raise SystemExit(3)"), SETUP, 1, false))
                .isInstanceOf(IOException.class)
                .hasMessage("PyTorch eager, bf16 ended with exit code 3 instead of an answer");
    }

    @Test
    void theScriptTakesTheShapeOfTheModel() {
        assertThat(ScriptContestant.command(Path.of("a.py"), SETUP, 2, true))
                .containsSubsequence("python3", "a.py", "--layers", "1", "--width", "16", "--heads", "2")
                .containsSubsequence("--pieces", "50", "--rows", "2", "--length", "8", "--precision", "bf16")
                .endsWith("--threads", "2", "--compile");
    }

    @Test
    void theModelInPyTorchLearns() throws Exception {
        assumeThat(ScriptContestant.hasPyTorch()).isTrue();
        Path script = Path.of("").toAbsolutePath().resolveSibling("docs/bench/gpt_step.py");
        try (ScriptContestant contestant = ScriptContestant.start(script, SETUP, 1, false)) {
            assertThat(contestant.turn(0.01).loss()).isCloseTo(Math.log(50), within(0.2));
        }
    }

    private Path script(String text) throws IOException {
        return Files.writeString(folder.resolve("script.py"), text);
    }
}
