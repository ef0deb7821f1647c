package io.tributary.cli;

import io.tributary.plan.ByteSize;
import io.tributary.session.JobDetails;
import io.tributary.session.JobDetails.Checkpoint;
import io.tributary.session.JobSummary;
import io.tributary.session.Progress;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Jobs as they are printed, for people and for programs. */
final class JobText {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
    private static final List<String> COLUMNS = List.of("job", "state", "started", "name");

    private JobText() {}

    /** A table. */
    static List<String> lines(List<JobSummary> jobs) {
        return Table.render(
                COLUMNS,
                jobs.stream()
                        .map(job -> List.of(job.id(), job.state(), time(job.started()), job.name()))
                        .toList());
    }

    /** A line for each thing that is known. */
    static List<String> lines(JobDetails job) {
        String checkpoint = job.lastCheckpoint()
                .map(last -> "%s %d of %s, took %.1f s, %s%n             %s"
                        .formatted(
                                last.savepoint() ? "savepoint" : "checkpoint",
                                last.id(),
                                time(last.taken()),
                                last.duration().toMillis() / 1000.0,
                                ByteSize.text(last.bytes()),
                                last.path()))
                .orElse("none yet");
        return List.of(
                "job          " + job.summary().id() + "  " + job.summary().name(),
                "state        " + job.summary().state() + " since " + time(job.since()),
                "round        " + job.progress().map(JobText::text).orElse("not told yet"),
                "parallelism  " + job.parallelism(),
                "restarts     "
                        + (job.restarts().isPresent()
                                ? String.valueOf(job.restarts().getAsLong())
                                : "not counted yet"),
                "checkpoint   " + checkpoint);
    }

    private static String text(Progress progress) {
        String round = String.format(Locale.ROOT, "%,d", progress.round());
        if (progress.rounds().isEmpty()) {
            return round;
        }
        return String.format(Locale.ROOT, "%s of %,d", round, progress.rounds().getAsLong())
                + (progress.isOver() ? ": the run is over, ./tributary stop ends the job" : "");
    }

    /** For a program: times as in ISO 8601. */
    static Map<String, Object> values(JobSummary job) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", job.id());
        values.put("name", job.name());
        values.put("state", job.state());
        values.put("started", job.started().toString());
        return values;
    }

    /** For a program: without what is not known. */
    static Map<String, Object> values(JobDetails job) {
        Map<String, Object> values = values(job.summary());
        values.put("since", job.since().toString());
        job.progress().ifPresent(progress -> {
            values.put("round", progress.round());
            progress.rounds().ifPresent(rounds -> values.put("rounds", rounds));
        });
        values.put("parallelism", job.parallelism());
        job.restarts().ifPresent(restarts -> values.put("restarts", restarts));
        job.lastCheckpoint().ifPresent(last -> values.put("lastCheckpoint", values(last)));
        return values;
    }

    private static Map<String, Object> values(Checkpoint checkpoint) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", checkpoint.id());
        values.put("savepoint", checkpoint.savepoint());
        values.put("taken", checkpoint.taken().toString());
        values.put("durationMs", checkpoint.duration().toMillis());
        values.put("bytes", checkpoint.bytes());
        values.put("path", checkpoint.path());
        return values;
    }

    private static String time(Instant instant) {
        return TIME.format(instant);
    }
}
