package io.tributary.cli;

import io.tributary.session.JobDetails;
import io.tributary.session.Session;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** Shows how a job is. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Show how a job is: its state, its restarts, its last checkpoint.")
final class StatusCommand implements Callable<Integer>, Checked {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private JobArgument job = new JobArgument();

    @Mixin
    private Output output = new Output();

    @Override
    public List<String> problems() {
        return cluster.problems();
    }

    @Override
    public Integer call() throws Exception {
        try (Session session = cluster.open()) {
            JobDetails details = session.details(job.known(session));
            output.print(JobText.values(details), () -> JobText.lines(details));
        }
        return ExitCode.OK;
    }
}
