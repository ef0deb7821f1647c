package io.tributary.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything of a {@link LocalCluster} that is not in memory.
 *
 * @param root made absolute
 */
public record ClusterFolder(Path root) {
    public ClusterFolder {
        root = root.toAbsolutePath().normalize();
    }

    /** Where the ports and the processes are written down. */
    public Path state() {
        return root.resolve("cluster.json");
    }

    /** The configuration of Flink, {@code config.yaml}, and what its processes need beside it. */
    public Path conf() {
        return root.resolve("conf");
    }

    /** One log for each process, which goes on when the process is started again. */
    public Path logs() {
        return root.resolve("logs");
    }

    /** The log of a process, with all that it prints. */
    public Path log(String process) {
        return logs().resolve(process + ".log");
    }

    /** The broker's data. */
    public Path kafka() {
        return root.resolve("kafka");
    }

    /** Flink's checkpoints; the last of a job stays when the job ends without having finished. */
    public Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** Flink's savepoints. */
    public Path savepoints() {
        return root.resolve("savepoints");
    }

    /** For the snapshots of jobs. */
    public Path snapshots() {
        return root.resolve("snapshots");
    }

    /** The settings of the jobs that were submitted. */
    public Path jobs() {
        return root.resolve("jobs");
    }

    /** What went on in the programs that talk to the cluster. */
    public Path clientLog() {
        return root.resolve("client.log");
    }

    /** The jars of the processes. */
    Path lib() {
        return root.resolve("lib");
    }

    /** What a process may lose when it ends. */
    Path temporary(String process) {
        return temporary().resolve(process);
    }

    private Path temporary() {
        return root.resolve("tmp");
    }

    Path lock() {
        return root.resolve("cluster.lock");
    }

    void create() throws IOException {
        for (Path folder : List.of(conf(), logs(), kafka(), checkpoints(), savepoints(), snapshots())) {
            Files.createDirectories(folder);
        }
    }

    /** An empty temporary folder for a process: one that was killed has left its own behind. */
    Path newTemporary(String process) throws IOException {
        remove(temporary(process));
        return Files.createDirectories(temporary(process));
    }

    /** Makes a complete folder the one of the jars; without one nothing is lost, since the next start makes it. */
    void replaceLib(Path next) throws IOException {
        remove(lib());
        Files.move(next, lib());
    }

    void removeTemporary() throws IOException {
        remove(temporary());
    }

    /** Removes all that a cluster has written here, and the folder if nothing else is in it. */
    void remove() throws IOException {
        List<Path> all = List.of(
                temporary(),
                lib(),
                conf(),
                logs(),
                kafka(),
                checkpoints(),
                savepoints(),
                snapshots(),
                jobs(),
                clientLog(),
                state(),
                lock());
        for (Path part : all) {
            remove(part);
        }
        try {
            Files.deleteIfExists(root);
        } catch (DirectoryNotEmptyException e) {
            // Something of someone else's is here too.
        }
    }

    private static void remove(Path tree) throws IOException {
        try (Stream<Path> paths = Files.walk(tree)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            // There is nothing to remove.
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
