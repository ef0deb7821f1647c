package io.tributary.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script in a bash. */
class CompletionCommandTest {
    @TempDir
    private static Path folder;

    @BeforeAll
    static void writeTheScript() throws Exception {
        Files.writeString(folder.resolve("completion"), new CommandLineRuns().run("completion"));
    }

    @Test
    void completesCommandsThoseOfTheLauncherToo() throws Exception {
        assertThat(complete("./tributary", "cl")).containsExactly("cluster");
        assertThat(complete("./tributary", "te")).containsExactlyInAnyOrder("test", "tensorboard");
        assertThat(complete("tributary", "cluster", "sta")).containsExactlyInAnyOrder("start", "status");
    }

    @Test
    void completesOptionsAndTheirValues() throws Exception {
        assertThat(complete("./tributary", "submit", "--par")).containsExactly("--parallelism");
        assertThat(complete("./tributary", "feed", "--format", "wh")).containsExactly("whole");
        assertThat(complete("./tributary", "plan", "--preset", "mc4-1")).containsExactly("mc4-12", "mc4-1b");
    }

    /** What bash offers for the last word. */
    private static List<String> complete(String... words) throws Exception {
        String script =
                """
                source "$1" && shift
                complete -p tributary >&2 || exit
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
                _complete_tributary
                printf '%s\n' "${COMPREPLY[@]}"
                """;
        List<String> command = new ArrayList<>(List.of(
                "bash", "-c", script, "bash", folder.resolve("completion").toString()));
        command.addAll(List.of(words));
        Process bash = new ProcessBuilder(command).start();
        List<String> offered = new String(bash.getInputStream().readAllBytes(), UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        assertThat(bash.waitFor()).isZero();
        return offered;
    }
}
