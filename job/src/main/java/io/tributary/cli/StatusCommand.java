package io.tributary.cli;

import io.tributary.session.JobDetails;
import io.tributary.session.Session;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows how a job is. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Show how a job is: its state, its restarts, its last checkpoint.")
final class StatusCommand implements Callable<Integer>, Checked {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private JobArgument job = new JobArgument();

    @Option(names = "--json", description = "Print it as JSON.")
    private boolean json;

    @Override
    public List<String> problems() {
        return cluster.problems();
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        try (Session session = cluster.open()) {
            JobDetails details = session.details(job.known(session));
            if (json) {
                out.println(Json.text(JobText.values(details)));
            } else {
                JobText.lines(details).forEach(out::println);
            }
        }
        return ExitCode.OK;
    }
}
