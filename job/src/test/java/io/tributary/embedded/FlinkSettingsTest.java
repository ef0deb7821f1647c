package io.tributary.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.embedded.ClusterSettings.Scheduler;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlinkSettingsTest {
    private static final ClusterFolder FOLDER = new ClusterFolder(Path.of("/cluster"));

    @Test
    void allAddressesAreOnLoopback() {
        assertThat(lines(settings(Scheduler.DEFAULT, Map.of())))
                .contains(
                        "jobmanager.bind-host: 127.0.0.1",
                        "jobmanager.rpc.address: 127.0.0.1",
                        "jobmanager.rpc.port: 4",
                        "rest.address: 127.0.0.1",
                        "rest.bind-address: 127.0.0.1",
                        "rest.port: 1",
                        "taskmanager.bind-host: 127.0.0.1",
                        "taskmanager.host: 127.0.0.1");
    }

    @Test
    void theUserHasTheLastWordOnDefaults() {
        assertThat(lines(
                        settings(Scheduler.ADAPTIVE, Map.of("execution.checkpointing.interval", "3 s", "x.y", "a: b"))))
                .contains("execution.checkpointing.interval: 3 s", "x.y: 'a: b'", "jobmanager.scheduler: Adaptive")
                .contains("execution.checkpointing.dir: file:/cluster/checkpoints");
    }

    @Test
    void theUserCannotMoveWhatTheClusterReliesOn(@TempDir Path folder) {
        ClusterSettings moved = settings(Scheduler.DEFAULT, Map.of("rest.bind-address", "0.0.0.0", "a", "b"));
        assertThatThrownBy(() -> lines(moved))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rest.bind-address")
                .hasMessageContaining("127.0.0.1 only");
        assertThatThrownBy(() -> LocalCluster.at(folder, moved, ClusterClassPath.ofThisJvm()))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(ErrorCode.COMMAND_LINE));
    }

    @Test
    void mostMemoryOfALargeTaskManagerIsForModels() {
        assertThat(command(1024)).contains("-D taskmanager.memory.task.off-heap.size=0b");
        assertThat(command(4096))
                .contains("-D taskmanager.memory.task.off-heap.size=" + (1920L << 20) + "b")
                .contains("-D taskmanager.resource-id=taskmanager-7")
                .contains("@/cluster/conf/training-jvm.options")
                .contains("-Dai.djl.pytorch.num_threads=3")
                .contains("-Xmx");
    }

    @Test
    void optionsOfTheJvmGoToTheProcessesThatTheyAreFor() {
        ClusterSettings settings = settings(
                Scheduler.DEFAULT,
                Map.of("env.java.opts.all", " -Da=1  -Db=2", "env.java.opts.taskmanager", "-XX:+AlwaysPreTouch"));
        FlinkCommand command = new FlinkCommand(flink(settings), FOLDER, "lib/*", settings.threads());
        assertThat(command.taskManager("taskmanager-1", Path.of("/tmp")))
                .containsSequence("-Da=1", "-Db=2", "-XX:+AlwaysPreTouch", "-cp")
                .doesNotContain("");
        assertThat(command.jobManager("jobmanager", Path.of("/tmp")))
                .containsSequence("-Da=1", "-Db=2", "-cp")
                .doesNotContain("");
    }

    private static String command(int mebibytes) {
        ClusterSettings settings = new ClusterSettings(1, 1, mebibytes, 3, Scheduler.DEFAULT, 1, 2, Map.of());
        FlinkCommand command = new FlinkCommand(flink(settings), FOLDER, "lib/*", settings.threads());
        return String.join(" ", command.taskManager("taskmanager-7", Path.of("/cluster/tmp/taskmanager-7")));
    }

    private static ClusterSettings settings(Scheduler scheduler, Map<String, String> flink) {
        return new ClusterSettings(1, 1, 4096, 1, scheduler, 1, 2, flink);
    }

    private static List<String> lines(ClusterSettings settings) {
        return FlinkSettings.lines(flink(settings));
    }

    private static Configuration flink(ClusterSettings settings) {
        return FlinkSettings.of(
                new ClusterState("http://127.0.0.1:1", "127.0.0.1:2", 3, 4, settings, List.of()), FOLDER);
    }
}
