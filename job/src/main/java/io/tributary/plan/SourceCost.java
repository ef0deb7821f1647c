package io.tributary.plan;

/**
 * What one model costs to train.
 *
 * @param model the name of its source, or {@code mixture}
 * @param subtask that trains it
 * @param sequenceLength T of its rows
 * @param total parameters of all groups
 */
public record SourceCost(
        String model,
        int subtask,
        int pieces,
        int sequenceLength,
        GroupSizes parameters,
        long total,
        double flopsPerToken) {
    static SourceCost of(Replica replica) {
        GroupSizes sizes = replica.sizes();
        return new SourceCost(
                replica.name(),
                replica.subtask(),
                replica.pieces(),
                replica.shape().sequenceLength(),
                sizes,
                sizes.total(),
                replica.shape().flopsPerToken(replica.pieces()));
    }
}
