package io.tributary.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.embedded.ClusterSettings.Scheduler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterStateTest {
    private static final ClusterSettings ANY_PORTS =
            new ClusterSettings(2, 3, 2048, 1, Scheduler.ADAPTIVE, 0, 0, Map.of("b", "2", "a", "1"));

    @TempDir
    Path folder;

    @Test
    void comesBackAsItWasWritten() throws Exception {
        Path file = folder.resolve("cluster.json");
        assertThat(ClusterState.read(file)).isEmpty();
        ClusterState state = ClusterState.create(ANY_PORTS)
                .with(ClusterProcess.of("broker", ProcessHandle.current().pid()).orElseThrow());

        state.write(file);

        assertThat(ClusterState.read(file)).contains(state);
        assertThat(state.alive()).hasSize(1);
        assertThat(Files.readString(file)).contains("\"web\"", "http://127.0.0.1:", "\"kafka\"", "127.0.0.1:");
        assertThat(folder).isDirectoryContaining("glob:**cluster.json").isDirectoryNotContaining("glob:**.next");
    }

    @Test
    void namesAFileThatIsNotItsOwn() throws Exception {
        Path file = Files.writeString(folder.resolve("cluster.json"), "{\"web\": 3, \"what\": [}");
        assertThatThrownBy(() -> ClusterState.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void keepsAPortThatIsLeftOpenUnlessItIsTaken() throws Exception {
        ClusterState state = ClusterState.create(ANY_PORTS);
        assertThat(state.with(ANY_PORTS)).isEqualTo(state);

        try (ServerSocket other = new ServerSocket(state.settings().kafkaPort(), 1, InetAddress.getLoopbackAddress())) {
            ClusterSettings moved = state.with(ANY_PORTS).settings();
            assertThat(moved.kafkaPort()).isNotEqualTo(other.getLocalPort());
            assertThat(moved.webPort()).isEqualTo(state.settings().webPort());
        }
    }

    @Test
    void chosenPortsAreNotThoseOfOutgoingConnections() throws Exception {
        for (int attempt = 0; attempt < 100; attempt++) {
            assertThat(Loopback.lastingPort("a test")).isBetween(1024, 32_767);
        }
    }

    @Test
    void oneProgramAtATimeHasTheLock() throws Exception {
        ClusterFolder cluster = new ClusterFolder(folder);
        try (ClusterLock lock = ClusterLock.of(cluster)) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> ClusterLock.of(cluster))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("Another program");
        }
        ClusterLock.of(cluster).close();
    }
}
