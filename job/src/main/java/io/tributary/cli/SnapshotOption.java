package io.tributary.cli;

import io.tributary.config.Spelling;
import io.tributary.snapshot.Snapshot;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.Path;
import picocli.CommandLine.Option;

/** Which snapshot a command is about. */
final class SnapshotOption implements ClusterFolderOption {
    private static final Pattern ADDRESS = Pattern.compile("[a-z][a-z0-9+.-]*:/");

    @Option(
            names = "--snapshot",
            required = true,
            paramLabel = "DIR",
            description = "A snapshot, or a folder of snapshots for the newest one in it.")
    private String snapshot = "";

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            description = "Of the cluster whose settings of file systems are used, where one of the folders is in an"
                    + " object store (default: ${DEFAULT-VALUE}).")
    private java.nio.file.Path cluster = java.nio.file.Path.of("runs", "cluster");

    @Override
    public java.nio.file.Path folder() {
        return cluster;
    }

    /** Where it is not, the command line says so. */
    boolean isGiven() {
        return !snapshot.isEmpty();
    }

    Snapshot open() throws IOException {
        return Snapshot.openOrLatest(path(snapshot));
    }

    /** The sources that it does not have. A snapshot that cannot be opened fails when it is, with a code of its own. */
    List<String> problems(List<String> sources) {
        List<String> problems = new ArrayList<>();
        if (isGiven()) {
            try {
                SortedSet<String> known = open().sources();
                sources.stream()
                        .filter(source -> !source.isEmpty() && !known.contains(source))
                        .forEach(source -> problems.add(unknown(source, known)));
            } catch (IOException e) {
                return List.of();
            }
        }
        return problems;
    }

    private String unknown(String source, SortedSet<String> known) {
        String meant = Spelling.nearest(source, known)
                .map(name -> "; did you mean " + name + "?")
                .orElse("");
        return "The snapshot has no source '%s', but %s%s".formatted(source, String.join(", ", known), meant);
    }

    /** A path of this machine, or of any file system that Flink knows. */
    static Path path(String name) {
        return ADDRESS.matcher(name).lookingAt()
                ? new Path(name)
                : Path.fromLocalFile(new File(name).getAbsoluteFile());
    }
}
