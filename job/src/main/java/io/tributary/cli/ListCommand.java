package io.tributary.cli;

import io.tributary.session.JobSummary;
import io.tributary.session.Session;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows the jobs of a cluster. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Show the jobs of a cluster, the latest first.")
final class ListCommand implements Callable<Integer>, Checked {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Option(names = "--all", description = "Also those that have ended.")
    private boolean all;

    @Mixin
    private Output output = new Output();

    @Override
    public List<String> problems() {
        return cluster.problems();
    }

    @Override
    public Integer call() throws Exception {
        try (Session session = cluster.open()) {
            List<JobSummary> jobs =
                    session.jobs().stream().filter(job -> all || !job.ended()).toList();
            output.print(jobs.stream().map(JobText::values).toList(), () -> lines(jobs));
        }
        return ExitCode.OK;
    }

    private List<String> lines(List<JobSummary> jobs) {
        if (jobs.isEmpty()) {
            return List.of(all ? "There are no jobs." : "No job runs; --all shows those that have ended.");
        }
        return JobText.lines(jobs);
    }
}
