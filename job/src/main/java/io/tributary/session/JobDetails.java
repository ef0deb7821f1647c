package io.tributary.session;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a cluster knows of a job.
 *
 * @param since when it came into its state
 * @param parallelism subtasks of its widest operator
 * @param progress how far its rounds are; empty where it does not train, or has not said yet
 * @param restarts after failures; empty before Flink has counted, which takes some seconds
 */
public record JobDetails(
        JobSummary summary,
        Instant since,
        int parallelism,
        Optional<Progress> progress,
        OptionalLong restarts,
        Optional<Checkpoint> lastCheckpoint) {
    /**
     * A checkpoint or savepoint that is complete.
     *
     * @param taken when it began
     * @param bytes of all state in it
     */
    public record Checkpoint(long id, boolean savepoint, Instant taken, Duration duration, long bytes, String path) {}
}
