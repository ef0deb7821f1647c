package io.tributary.config;

import java.util.OptionalLong;

/**
 * What there is to run on. A limit that is not stated does not bind.
 *
 * @param subtasks of each operator, its parallelism
 * @param deviceMemoryBytes native or GPU memory of one subtask
 * @param heapMemoryBytes of the JVM, for one subtask
 * @param checkpointSizeBytes of one checkpoint of the whole job
 * @param tokensPerSecond that one subtask trains
 * @param bandwidthBytesPerSecond of one subtask's network, either way
 */
public record Cluster(
        int subtasks,
        OptionalLong deviceMemoryBytes,
        OptionalLong heapMemoryBytes,
        OptionalLong checkpointSizeBytes,
        double tokensPerSecond,
        long bandwidthBytesPerSecond) {
    public Cluster {
        if (subtasks < 1 || !(tokensPerSecond > 0) || bandwidthBytesPerSecond < 1) {
            throw new IllegalArgumentException(
                    "A cluster has at least 1 subtask and trains and sends something in a second, not %d, %s and %d"
                            .formatted(subtasks, tokensPerSecond, bandwidthBytesPerSecond));
        }
    }
}
