package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said where there is no cluster, or no sense in what is asked. */
class JobCommandsTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"list", "status", "savepoint", "stop", "resume", "cancel"})
    void withoutAClusterItIsSaidHowToStartOne(String command) {
        assertThat(execute(command, "--folder=" + folder)).isEqualTo(2);
        assertThat(err.toString())
                .contains("TRB-C01: There is no cluster in " + folder, "./tributary cluster start", "--flink URL");
    }

    @Test
    void aClusterThatDoesNotAnswerIsNamed() throws Exception {
        String url = "http://127.0.0.1:" + freePort();
        assertThat(execute("list", "--folder=" + folder, "--flink=" + url)).isEqualTo(4);
        assertThat(err.toString()).contains("TRB-C02: Flink does not answer at " + url, "./tributary cluster start");
    }

    @Test
    void aFileThatSaysNoClusterIsDamaged() throws Exception {
        Files.writeString(folder.resolve("cluster.json"), "{}");
        assertThat(execute("list", "--folder=" + folder)).isEqualTo(2);
        assertThat(err.toString()).contains("cluster.json is damaged");
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThat(execute("submit", "--flink=here", "--parallelism=1000")).isEqualTo(2);
        assertThat(err.toString())
                .contains(
                        "'here' is not the address of a Flink",
                        "--parallelism 1000 is not between 1 and 128",
                        "--config is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"submit", "resume"})
    void wrongSettingsAreRefusedBeforeAnythingIsStarted(String command) throws Exception {
        Path file = Files.writeString(folder.resolve("job.yaml"), "variant: sepc\n");
        assertThat(execute(command, "--flink=http://127.0.0.1:1", "--config=" + file))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains(file + ": variant: 'sepc' is not one of", "kafka.bootstrapServers: is missing");
    }

    @Test
    void thereIsNothingToResumeInAFolderThatIsNew() throws Exception {
        Files.writeString(folder.resolve("cluster.json"), "{\"web\": \"http://127.0.0.1:1\"}");
        assertThat(execute("resume", "--folder=" + folder)).isEqualTo(3);
        assertThat(err.toString()).contains("TRB-M04: There is nothing to resume from", "savepoints", "--from PATH");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private int execute(String... args) {
        Main main = new Main();
        main.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return main.execute(args);
    }
}
