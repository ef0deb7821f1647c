package io.tributary.cli;

import io.tributary.session.JobSummary;
import io.tributary.session.Session;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Keeps the state of a job that goes on. */
@Command(
        name = "savepoint",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Take a savepoint of a job, which goes on, and print its path.")
final class SavepointCommand implements Callable<Integer>, Checked {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private JobArgument job = new JobArgument();

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description =
                    "Where, as a path or a URI (default: savepoints in the folder of the cluster; with --flink as its settings say).")
    private Optional<String> to = Optional.empty();

    @Mixin
    private Output output = new Output();

    @Override
    public List<String> problems() {
        return cluster.problems();
    }

    @Override
    public Integer call() throws Exception {
        try (Session session = cluster.open()) {
            JobSummary running = job.running(session);
            String path = session.savepoint(running, cluster.savepoints(to));
            output.print(Map.of("id", running.id(), "path", path), () -> List.of(path));
        }
        return ExitCode.OK;
    }
}
