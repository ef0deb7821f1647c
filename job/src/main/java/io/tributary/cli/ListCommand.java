package io.tributary.cli;

import io.tributary.session.JobSummary;
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

/** Shows the jobs of a cluster. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Show the jobs of a cluster, the latest first.")
final class ListCommand implements Callable<Integer>, Checked {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--all", description = "Also those that have ended.")
    private boolean all;

    @Option(names = "--json", description = "Print them as JSON.")
    private boolean json;

    @Override
    public List<String> problems() {
        return cluster.problems();
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        try (Session session = cluster.open()) {
            List<JobSummary> jobs =
                    session.jobs().stream().filter(job -> all || !job.ended()).toList();
            if (json) {
                out.println(Json.text(jobs.stream().map(JobText::values).toList()));
            } else if (jobs.isEmpty()) {
                out.println(all ? "There are no jobs." : "No job runs; --all shows those that have ended.");
            } else {
                JobText.lines(jobs).forEach(out::println);
            }
        }
        return ExitCode.OK;
    }
}
