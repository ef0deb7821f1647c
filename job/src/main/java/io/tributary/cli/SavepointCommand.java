package io.tributary.cli;

import io.tributary.session.Session;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Keeps the state of a job that goes on. */
@Command(
        name = "savepoint",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Take a savepoint of a job, which goes on, and print its path.")
final class SavepointCommand implements Callable<Integer>, Checked {
    @Spec
    private CommandSpec spec = CommandSpec.create();

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

    @Override
    public List<String> problems() {
        return cluster.problems();
    }

    @Override
    public Integer call() throws Exception {
        try (Session session = cluster.open()) {
            spec.commandLine().getOut().println(session.savepoint(job.running(session), cluster.savepoints(to)));
        }
        return ExitCode.OK;
    }
}
