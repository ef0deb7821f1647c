package io.tributary.record;

/** What comes back to every Train subtask on the broadcast stream. */
public sealed interface Downstream {
    /** The round that it speaks of. */
    long round();

    /**
     * A shard of the body that round {@code round} starts from.
     *
     * @param values the parameters themselves
     */
    record BodyShard(ShardId shard, long round, float[] values) implements Downstream {}

    /**
     * Some subtask has finished a step in this round, so the round will have a contribution: subtasks without an active
     * source may pass it.
     */
    record Participation(long round) implements Downstream {}
}
