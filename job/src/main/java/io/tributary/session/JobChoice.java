package io.tributary.session;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Finds the job that is meant. */
public final class JobChoice {
    private JobChoice() {}

    /**
     * A job by its id, the beginning of its id, or its name; without any, the only one that runs.
     *
     * @param jobs the latest first
     * @param ended whether one that has ended may be meant, if it is named
     * @throws IOException if there is none, or more than one, with those that there are
     */
    public static JobSummary choose(List<JobSummary> jobs, Optional<String> named, boolean ended) throws IOException {
        List<JobSummary> possible =
                jobs.stream().filter(job -> ended || !job.ended()).toList();
        if (named.isEmpty()) {
            List<JobSummary> running = jobs.stream().filter(job -> !job.ended()).toList();
            return only(
                    running,
                    "No job runs; ./tributary list --all shows those that have ended",
                    "Several jobs run, name one");
        }
        String name = named.get();
        List<JobSummary> meant = possible.stream()
                .filter(job -> job.id().startsWith(name) || job.name().equals(name))
                .toList();
        List<JobSummary> running = meant.stream().filter(job -> !job.ended()).toList();
        return only(
                running.isEmpty() ? meant : running,
                "No job that %s is called %s or has an id that begins so; there are%s"
                        .formatted(ended ? "the cluster knows" : "runs", name, lines(possible)),
                "Several jobs are called " + name + " or have ids that begin so, name one");
    }

    private static JobSummary only(List<JobSummary> jobs, String none, String several) throws IOException {
        if (jobs.isEmpty()) {
            throw new Failure(ErrorCode.NO_SUCH_JOB, none);
        }
        if (jobs.size() > 1) {
            throw new Failure(ErrorCode.NO_SUCH_JOB, several + ":" + lines(jobs));
        }
        return jobs.get(0);
    }

    private static String lines(List<JobSummary> jobs) {
        StringBuilder lines = new StringBuilder();
        for (JobSummary job : jobs) {
            lines.append("%n  %s  %s  %s".formatted(job.id(), job.state(), job.name()));
        }
        return lines.isEmpty() ? " none" : lines.toString();
    }
}
