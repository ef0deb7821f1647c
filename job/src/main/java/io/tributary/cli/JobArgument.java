package io.tributary.cli;

import io.tributary.session.JobChoice;
import io.tributary.session.JobSummary;
import io.tributary.session.Session;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/** Which job of a cluster is meant. */
final class JobArgument {
    @Parameters(
            paramLabel = "JOB",
            arity = "0..1",
            description = "Its id, the beginning of it, or its name (default: the only job that runs).")
    private Optional<String> job = Optional.empty();

    boolean isGiven() {
        return job.isPresent();
    }

    /** One that runs. */
    JobSummary running(Session session) throws IOException, InterruptedException {
        return JobChoice.choose(session.jobs(), job, false);
    }

    /** One that the cluster remembers. */
    JobSummary known(Session session) throws IOException, InterruptedException {
        return JobChoice.choose(session.jobs(), job, true);
    }
}
