package io.tributary.cli;

import io.tributary.session.JobSummary;
import io.tributary.session.RestorePoint;
import io.tributary.session.Session;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Ends a job as it is. */
@Command(
        name = "cancel",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "End a job at once, and print the last checkpoint that it can be resumed from.")
final class CancelCommand implements Callable<Integer>, Checked {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private JobArgument job = new JobArgument();

    @Override
    public List<String> problems() {
        return cluster.problems();
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        try (Session session = cluster.open()) {
            JobSummary running = job.running(session);
            session.cancel(running);
            out.println("Cancelled " + running.id() + "  " + running.name());
            Optional<RestorePoint> last = session.lastState(running.id());
            if (last.isEmpty()) {
                out.println("It had completed no checkpoint, so that it can only begin anew.");
                return ExitCode.OK;
            }
            Optional<String> problem = last.get().problem();
            out.println(
                    problem.isPresent()
                            ? "Its last checkpoint was not retained: " + problem.get()
                            : "./tributary resume --from " + last.get().path() + " goes on with it.");
        }
        return ExitCode.OK;
    }
}
