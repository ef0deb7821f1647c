package io.tributary.cli;

import io.tributary.session.JobSummary;
import io.tributary.session.RestorePoint;
import io.tributary.session.Session;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** Ends a job as it is. */
@Command(
        name = "cancel",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "End a job at once, and print the last checkpoint that it can be resumed from.")
final class CancelCommand implements Callable<Integer>, Checked {
    private static final long CACHE_NANOS = 10_000_000_000L;
    private static final long POLL_MS = 500;

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
            JobSummary running = job.running(session);
            session.cancel(running);
            Optional<RestorePoint> last = lastState(session, running);
            Optional<String> problem = last.flatMap(RestorePoint::problem);
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("id", running.id());
            document.put("name", running.name());
            last.filter(there -> problem.isEmpty()).ifPresent(sound -> document.put("path", sound.path()));
            output.print(
                    document,
                    () -> List.of("Cancelled " + running.id() + "  " + running.name(), howToGoOn(last, problem)));
        }
        return ExitCode.OK;
    }

    private static String howToGoOn(Optional<RestorePoint> last, Optional<String> problem) {
        if (last.isEmpty()) {
            return "It had completed no checkpoint, so that it can only begin anew.";
        }
        return problem.isPresent()
                ? "Its last checkpoint was not retained: " + problem.get()
                : "./tributary resume --from " + quoted(last.get().path()) + " goes on with it.";
    }

    /** So that a shell takes it for one word. */
    private static String quoted(String path) {
        return path.indexOf(' ') < 0 ? path : "'" + path + "'";
    }

    /** Flink tells of checkpoints from a cache of some seconds, in which the last may not be the last one yet. */
    private static Optional<RestorePoint> lastState(Session session, JobSummary job)
            throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + CACHE_NANOS;
        Optional<RestorePoint> last = session.lastState(job.id());
        while (last.flatMap(RestorePoint::problem).isPresent() && System.nanoTime() < deadlineNanos) {
            Thread.sleep(POLL_MS);
            last = session.lastState(job.id());
        }
        return last;
    }
}
