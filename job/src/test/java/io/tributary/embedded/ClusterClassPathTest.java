package io.tributary.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A build removes the jars that a cluster was started with. */
class ClusterClassPathTest {
    @TempDir
    Path home;

    private ClusterFolder folder;
    private ClusterClassPath installed;

    @BeforeEach
    void build() throws Exception {
        folder = new ClusterFolder(home.resolve("cluster"));
        Files.createDirectories(home.resolve("classes"));
        Files.createDirectories(home.resolve("lib"));
        Files.writeString(home.resolve("lib/flink-1.jar"), "flink 1");
        Files.writeString(home.resolve("lib/notes.txt"), "no jar");
        Files.writeString(home.resolve("kafka-1.jar"), "kafka 1");
        installed = installed("kafka-1.jar");
    }

    private ClusterClassPath installed(String broker) {
        return new ClusterClassPath(
                home.resolve("lib") + "/*", home.resolve("classes") + ":" + home.resolve(broker), true);
    }

    private void rebuild() throws Exception {
        Files.delete(home.resolve("lib/flink-1.jar"));
        Files.delete(home.resolve("kafka-1.jar"));
        Files.writeString(home.resolve("lib/flink-2.jar"), "flink 2");
        Files.writeString(home.resolve("kafka-2.jar"), "kafka 2");
        installed = installed("kafka-2.jar");
    }

    @Test
    void aRunningClusterKeepsTheJarsOfItsStart() throws Exception {
        ClusterClassPath started = installed.keptBy(folder, false);
        rebuild();

        assertThat(installed.keptBy(folder, true)).isEqualTo(started);
        assertThat(names("flink")).containsExactly("flink-1.jar");
        assertThat(folder.lib().resolve("flink/flink-1.jar")).hasContent("flink 1");
        assertThat(folder.lib().resolve("broker/kafka-1.jar")).hasContent("kafka 1");
        assertThat(started.flink()).isEqualTo(folder.lib().resolve("flink") + "/*");
        assertThat(started.broker()).isEqualTo(folder.lib().resolve("broker") + "/*:" + home.resolve("classes"));
    }

    @Test
    void aStoppedClusterTakesTheNewJarsAtItsNextStart() throws Exception {
        ClusterClassPath before = installed.keptBy(folder, false);
        rebuild();

        assertThat(installed.keptBy(folder, false)).isEqualTo(before);
        assertThat(names("flink")).containsExactly("flink-2.jar");
        assertThat(names("broker")).containsExactly("kafka-2.jar");
    }

    @Test
    void noBytesAreCopiedOnOneDisk() throws Exception {
        installed.keptBy(folder, false);
        assertThat(Files.isSameFile(
                        home.resolve("lib/flink-1.jar"), folder.lib().resolve("flink/flink-1.jar")))
                .isTrue();
    }

    @Test
    void theJarsGoWithTheFolder() throws Exception {
        installed.keptBy(folder, false);
        folder.remove();
        assertThat(folder.root()).doesNotExist();
    }

    @Test
    void whatNoBuildReplacesStaysWhereItIs() throws Exception {
        ClusterClassPath own = ClusterClassPath.ofThisJvm();
        assertThat(own.keptBy(folder, false)).isEqualTo(own);
        assertThat(folder.lib()).doesNotExist();
    }

    @Test
    void aJarThatIsMissingIsNamed() throws Exception {
        Files.delete(home.resolve("kafka-1.jar"));
        assertThatThrownBy(() -> installed.keptBy(folder, false))
                .hasMessageContaining("kafka-1.jar is missing: build again");
        assertThat(folder.lib()).doesNotExist();
    }

    private List<String> names(String part) throws Exception {
        try (Stream<Path> files = Files.list(folder.lib().resolve(part))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
