package io.tributary.session;

import java.time.Instant;

/**
 * A job that a cluster knows, running or not.
 *
 * @param id in hexadecimal
 * @param state as Flink calls it
 * @param ended whether it will never run again
 */
public record JobSummary(String id, String name, String state, boolean ended, Instant started) {
    /** One that was handed over in this moment. */
    public static JobSummary submitted(String id, String name) {
        return new JobSummary(id, name, "CREATED", false, Instant.now());
    }
}
