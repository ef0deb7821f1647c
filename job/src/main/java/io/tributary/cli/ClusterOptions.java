package io.tributary.cli;

import io.tributary.config.JobDefaults;
import io.tributary.embedded.ClusterFolder;
import io.tributary.embedded.Places;
import io.tributary.session.ClusterAddress;
import io.tributary.session.KeptSettings;
import io.tributary.session.RestorePoint;
import io.tributary.session.Session;
import io.tributary.session.Submission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import picocli.CommandLine.Option;

/** Which cluster a command is for. */
final class ClusterOptions implements ClusterFolderOption {
    @Option(
            names = "--flink",
            paramLabel = "URL",
            description = "Flink's REST interface, such as http://127.0.0.1:8081 (default: as --folder says).")
    Optional<String> flink = Optional.empty();

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            description = "Of the cluster, with its savepoints, its checkpoints and the settings of its jobs (default:"
                    + " ${DEFAULT-VALUE}).")
    Path folder = Path.of("runs", "cluster");

    @Override
    public Path folder() {
        return folder;
    }

    /** Everything that is wrong with the options, each in a sentence. */
    List<String> problems() {
        try {
            flink.ifPresent(ClusterAddress::of);
            return List.of();
        } catch (IllegalArgumentException e) {
            return List.of("--flink: " + e.getMessage());
        }
    }

    /**
     * Where the cluster is.
     *
     * @throws IOException if no cluster was started in the folder and none is named
     */
    ClusterAddress address() throws IOException {
        return flink.isPresent() ? ClusterAddress.of(flink.get()) : ClusterAddress.in(folder);
    }

    /** The Kafka beside the cluster, where one was started in the folder and no other Flink is named. */
    Optional<String> kafka() throws IOException {
        return flink.isPresent() ? Optional.empty() : kafkaIn(folder);
    }

    /** The Kafka of the cluster that was started in a folder, if one was. */
    static Optional<String> kafkaIn(Path folder) throws IOException {
        return Files.exists(new ClusterFolder(folder).state())
                ? ClusterAddress.in(folder).kafka()
                : Optional.empty();
    }

    /** A conversation with the cluster. What its libraries log goes to the folder. */
    Session open() throws IOException {
        ClusterAddress address = address();
        Files.createDirectories(folder);
        logToFolder();
        return Session.with(address);
    }

    /** What libraries log goes to the folder from now on, if this is called before the first logger is made. */
    void logToFolder() {
        System.setProperty(
                "tributary.log", new ClusterFolder(folder).clientLog().toString());
    }

    /** What settings of jobs need not say. */
    JobDefaults defaults() throws IOException {
        if (flink.isPresent()) {
            return JobDefaults.none();
        }
        return new JobDefaults(
                address().kafka(),
                Optional.of(address()
                        .storage()
                        .map(place -> place + "/snapshots")
                        .orElseGet(() -> Places.uri(folder.resolve("snapshots")))));
    }

    /** The same; where no cluster was started in the folder, settings have to say everything. */
    JobDefaults defaultsIfAny() {
        try {
            return defaults();
        } catch (IOException e) {
            return JobDefaults.none();
        }
    }

    /** Where savepoints go, unless a place is named or a Flink decides that was not started in the folder. */
    Optional<String> savepoints(Optional<String> named) throws IOException {
        if (named.isPresent() || flink.isPresent()) {
            return named;
        }
        String storage = storage();
        return FileSystems.ownSettings(folder)
                .getOptional(CheckpointingOptions.SAVEPOINT_DIRECTORY)
                .or(() -> Optional.of(storage + "/savepoints"));
    }

    /** Where savepoints and checkpoints are, as far as the folder tells: a path, or a URI. */
    String storage() throws IOException {
        Optional<String> elsewhere = Files.exists(new ClusterFolder(folder).state())
                ? ClusterAddress.in(folder).storage()
                : Optional.empty();
        return elsewhere.orElseGet(folder::toString);
    }

    /** What a job can be resumed from, the newest first. */
    List<RestorePoint> restorePoints() throws IOException {
        return RestorePoint.in(storage());
    }

    KeptSettings kept() {
        return new KeptSettings(new ClusterFolder(folder).jobs());
    }

    /**
     * Hands jobs to the cluster, with the jar that the launcher built.
     *
     * @throws IOException if it is missing
     */
    Submission submission(Session session) throws IOException {
        return new Submission(session, kept(), Submission.installedJar());
    }
}
