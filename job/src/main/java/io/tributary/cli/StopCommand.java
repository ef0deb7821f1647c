package io.tributary.cli;

import io.tributary.session.JobSummary;
import io.tributary.session.RoundBorder;
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

/** Ends a job so that it can be resumed. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Stop a job with a savepoint, and print its path.")
final class StopCommand implements Callable<Integer>, Checked {
    private final RoundBorder border;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private JobArgument job = new JobArgument();

    @Option(names = "--now", description = "Do not wait for the border of a round (nothing does yet).")
    private boolean now;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description =
                    "Where the savepoint goes, as a path or a URI (default: savepoints in the folder of the cluster; with --flink as its settings say).")
    private Optional<String> to = Optional.empty();

    /** @param border where the job is stopped unless it is to stop at once */
    StopCommand(RoundBorder border) {
        this.border = border;
    }

    @Override
    public List<String> problems() {
        return cluster.problems();
    }

    @Override
    public Integer call() throws Exception {
        try (Session session = cluster.open()) {
            JobSummary running = job.running(session);
            if (!now) {
                border.awaitRoundBorder(running);
            }
            String path = session.stop(running, cluster.savepoints(to));
            spec.commandLine().getOut().println(path);
        }
        return ExitCode.OK;
    }
}
