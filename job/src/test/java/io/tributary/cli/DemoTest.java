package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.snapshot.Snapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The whole demo, in a minute instead of a few. */
class DemoTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    @Test
    void runsFromTextToTableAndLeavesNothingBehind() throws Exception {
        demo("--rounds=3", "--steps=2").run();

        assertThat(screen())
                .contains("Flink http://127.0.0.1:")
                .contains("round 0  one  2 steps")
                .contains("round 2  two  2 steps")
                .containsPattern("one +3 +6,144 ")
                .containsPattern("two +3 +6,144 ")
                .contains("Snapshot of 3 rounds: " + folder.resolve("out/snapshots/round-000003"));
        Snapshot snapshot = Snapshot.open(new org.apache.flink.core.fs.Path(
                folder.resolve("out/snapshots/round-000003").toUri()));
        snapshot.verifyChecksums();
        assertThat(snapshot.sources()).containsExactly("one", "two");
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
        assertThat(folder.resolve("out/kafka/data")).doesNotExist();
        assertThat(folder.resolve("out/kafka/kafka.log")).isNotEmptyFile();
    }

    @Test
    void aTakenPortEndsTheDemoWithItsName() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> demo("--web-port=" + taken.getLocalPort()).run())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Port " + taken.getLocalPort());
        }
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    private Demo demo(String option, String... more) throws IOException {
        DemoOptions options = new DemoOptions();
        CommandLine line = new CommandLine(options);
        List<String> args = new ArrayList<>(List.of(more));
        args.add(option);
        args.add("--corpus=one=" + Files.writeString(folder.resolve("one.txt"), text("first")));
        args.add("--corpus=two="
                + Files.writeString(folder.resolve("two.jsonl"), "{\"text\":\"" + "third ".repeat(200) + "\"}\n"));
        args.add("--out=" + folder.resolve("out"));
        line.parseArgs(args.toArray(String[]::new));
        assertThat(options.problems()).isEmpty();
        Terminal terminal = new Terminal(new PrintStream(screen, true, StandardCharsets.UTF_8), false);
        return new Demo(options, terminal);
    }

    /** Documents of about 1 kB. */
    private static String text(String word) {
        return IntStream.range(0, 50)
                .mapToObj(i -> (word + " " + i + " ").repeat(100))
                .collect(Collectors.joining("\n\n"));
    }

    private String screen() {
        return screen.toString(StandardCharsets.UTF_8);
    }
}
