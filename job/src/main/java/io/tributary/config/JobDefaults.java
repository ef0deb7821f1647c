package io.tributary.config;

import java.util.Optional;

/**
 * What a job takes where its settings file says nothing, since the place that it is started from knows better.
 *
 * @param bootstrapServers of Kafka, as {@code host:port,...}
 * @param snapshots a folder as a URI, in which each job has one of its own name
 */
public record JobDefaults(Optional<String> bootstrapServers, Optional<String> snapshots) {
    /** The settings have to say everything. */
    public static JobDefaults none() {
        return new JobDefaults(Optional.empty(), Optional.empty());
    }
}
