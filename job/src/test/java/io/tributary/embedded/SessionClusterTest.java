package io.tributary.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.embedded.ClusterSettings.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The processes of a cluster, real ones. Each test leaves all of them running. */
class SessionClusterTest {
    /** 127.0.0.1, by itself and as an IPv6 address, as the kernel writes them. */
    private static final List<String> LOOPBACK = List.of("0100007F", "0000000000000000FFFF00000100007F");

    @TempDir
    static Path folder;

    private static LocalCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = LocalCluster.start(folder, settings(1), ClusterClassPath.ofThisJvm());
    }

    @AfterAll
    static void stopLeavesNoProcessAndDeleteNoFile() throws Exception {
        List<ClusterProcess> alive = cluster.alive();
        assertThat(alive).hasSameSizeAs(cluster.names());
        cluster.stop();
        assertThat(alive).noneMatch(ClusterProcess::alive);
        assertThat(LocalCluster.open(folder).alive()).isEmpty();
        cluster.delete();
        assertThat(folder).doesNotExist();
    }

    private static ClusterSettings settings(int taskManagers) {
        return new ClusterSettings(taskManagers, 1, 1024, 1, Scheduler.DEFAULT, 0, 0, Map.of("web.timeout", "50 s"));
    }

    @Test
    void everyProcessListensOnLoopbackOnly() throws Exception {
        for (ClusterProcess process : cluster.alive()) {
            assertThat(ListeningSockets.addresses(process.pid()))
                    .as(process.name())
                    .isNotEmpty()
                    .isSubsetOf(LOOPBACK);
        }
    }

    @Test
    void allSlotsAreThere() throws Exception {
        int taskManagers = cluster.settings().taskManagers();
        assertThat(cluster.overview()).contains(new ClusterOverview(taskManagers, taskManagers, taskManagers, 0));
    }

    @Test
    void aTaskManagerThatWasKilledComesBackUnderItsName() throws Exception {
        ClusterProcess killed = process("taskmanager-1");
        List<ClusterProcess> others = cluster.alive().stream()
                .filter(process -> !process.equals(killed))
                .toList();
        cluster.killForcibly("taskmanager-1");
        assertThat(cluster.alive()).isEqualTo(others);

        assertThat(LocalCluster.open(folder, ClusterClassPath.ofThisJvm()).startMissing())
                .containsExactly("taskmanager-1");

        cluster = LocalCluster.open(folder, ClusterClassPath.ofThisJvm());
        assertThat(cluster.alive()).containsAll(others).hasSize(others.size() + 1);
        assertThat(process("taskmanager-1").pid()).isNotEqualTo(killed.pid());
        assertThat(new FlinkRest(cluster.webUrl()).taskManagers()).containsKey("taskmanager-1");
        assertThat(cluster.startMissing()).isEmpty();
    }

    @Test
    void aBrokerThatWasKilledComesBackWithItsTopicsAtItsPort() throws Exception {
        String bootstrapServers = cluster.bootstrapServers();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1)))
                    .all()
                    .get();
        }
        cluster.killForcibly(LocalCluster.BROKER);

        assertThat(cluster.startMissing()).containsExactly(LocalCluster.BROKER);

        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            assertThat(admin.listTopics().names().get()).contains("kept");
        }
    }

    @Test
    void aRunningClusterTakesMoreTaskManagersButNothingElse() throws Exception {
        int more = cluster.settings().taskManagers() + 1;
        cluster = LocalCluster.at(folder, settings(more), ClusterClassPath.ofThisJvm());
        assertThat(cluster.startMissing()).containsExactly("taskmanager-" + more);
        allSlotsAreThere();

        assertThatThrownBy(() -> LocalCluster.at(folder, settings(1), ClusterClassPath.ofThisJvm()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("stop it first");
    }

    @Test
    void whatTheUserSetsReachesFlink() throws Exception {
        assertThat(Files.readAllLines(cluster.folder().conf().resolve("config.yaml")))
                .contains(
                        "web.timeout: 50 s", "rest.port: " + cluster.settings().webPort());
    }

    private static ClusterProcess process(String name) {
        return cluster.process(name).orElseThrow();
    }
}
