package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say without a running cluster; its processes have a test of their own. */
class ClusterCommandTest {
    private static final String STOPPED =
            """
            {
              "web": "http://127.0.0.1:1", "kafka": "127.0.0.1:2", "controllerPort": 3, "jobManagerPort": 4,
              "settings": {
                "taskManagers": 1, "slots": 2, "taskManagerMemory": 4096, "threads": 1, "scheduler": "DEFAULT",
                "webPort": 1, "kafkaPort": 2, "flink": {}
              },
              "processes": [{"name": "broker", "pid": 1, "startTicks": 5, "boot": "long ago"}]
            }
            """;

    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void startSaysAllThatIsWrongAtOnce() {
        assertThat(execute("start", "--slots=0", "--taskmanager-memory=3q", "--web-port=70000", "--scheduler=adaptive"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("--slots 0 is not between 1 and 100")
                .contains("--taskmanager-memory 3q is not a size")
                .contains("--web-port 70000")
                .doesNotContain("adaptive");
    }

    @Test
    void aFolderWithoutAClusterIsSaid() {
        for (String command : new String[] {"status", "logs", "stop"}) {
            assertThat(execute(command)).isEqualTo(2);
        }
        assertThat(err.toString()).contains("There is no cluster in " + folder, "tributary cluster start");
    }

    @Test
    void theFolderOfAClusterElsewhereIsNotCalledDamaged() throws Exception {
        Files.writeString(
                folder.resolve("cluster.json"), "{\"web\": \"http://jobmanager:8081\", \"kafka\": \"kafka:9092\"}");
        assertThat(execute("status")).isEqualTo(2);
        assertThat(err.toString()).contains("tells of a cluster elsewhere").doesNotContain("remove the file");
    }

    @Test
    void statusOfAStoppedClusterIsDown() throws Exception {
        Files.writeString(folder.resolve("cluster.json"), STOPPED);
        assertThat(execute("status")).isEqualTo(4);
        assertThat(out.toString())
                .containsPattern("broker +down")
                .containsPattern("taskmanager-1 +down")
                .contains("The JobManager does not answer");
        out.getBuffer().setLength(0);
        assertThat(execute("status", "--json")).isEqualTo(4);
        JsonNode status = new ObjectMapper().readTree(out.toString());
        assertThat(status.at("/up").booleanValue()).isFalse();
        assertThat(CommandLineDocs.fields("cluster", "status")).containsAll(status::fieldNames);
        assertThat(err.toString()).contains("TRB-C06: Not all of the cluster in " + folder);
    }

    @Test
    void logsShowTheEndOfEachLog() throws Exception {
        Files.writeString(folder.resolve("cluster.json"), STOPPED);
        Files.createDirectories(folder.resolve("logs"));
        Files.writeString(folder.resolve("logs/broker.log"), "one\ntwo\nthree\n");
        assertThat(execute("logs", "broker", "--lines=2")).isZero();
        assertThat(out.toString()).isEqualTo("two\nthree\n");
        assertThat(execute("logs", "brokre")).isEqualTo(2);
        assertThat(err.toString()).contains("brokre is not a process of this cluster: it has broker, jobmanager");
        assertThat(execute("logs", "jobmanager")).isEqualTo(2);
        assertThat(err.toString()).contains("jobmanager.log");
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void logsThatAreFollowedEndWhenNobodyReadsThem() throws Exception {
        Files.writeString(folder.resolve("cluster.json"), STOPPED);
        Files.createDirectories(folder.resolve("logs"));
        Files.writeString(folder.resolve("logs/broker.log"), "one\ntwo\nthree\n");
        PipedReader reader = new PipedReader();
        PipedWriter pipe = new PipedWriter(reader);
        reader.close();
        Main main = new Main();
        main.line().setOut(new PrintWriter(pipe)).setErr(new PrintWriter(err, true));
        assertThat(main.execute("cluster", "logs", "--folder=" + folder, "broker", "--follow"))
                .as(err.toString())
                .isZero();
    }

    @Test
    void stopRemovesWhatAClusterWroteAndNothingElse() throws Exception {
        Files.writeString(folder.resolve("cluster.json"), STOPPED);
        Path other = Files.writeString(folder.resolve("mine.txt"), "x");
        assertThat(execute("stop", "--delete")).isZero();
        assertThat(out.toString()).contains("Nothing of the cluster runs", "Removed");
        assertThat(folder.toFile().list()).containsExactly(other.getFileName().toString());
    }

    private int execute(String command, String... options) {
        String[] all = new String[options.length + 3];
        all[0] = "cluster";
        all[1] = command;
        all[2] = "--folder=" + folder;
        System.arraycopy(options, 0, all, 3, options.length);
        Main main = new Main();
        main.line().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return main.execute(all);
    }
}
