package io.tributary.record;

import java.time.Duration;

/** What comes back along the feedback edge: to Train, and what it says of its sources to their readers. */
public sealed interface Downstream {
    /** Bytes of parameters and row ids that it takes on the wire; all else of a record is framing. */
    default long payloadBytes() {
        return 0;
    }

    /**
     * A shard that round {@code round} starts from, for every subtask.
     *
     * @param values the parameters themselves
     */
    record SharedShard(ShardId shard, long round, float[] values) implements Downstream {
        @Override
        public long payloadBytes() {
            return (long) values.length * Float.BYTES;
        }
    }

    /**
     * The rows of a shard that one source holds, as round {@code round} starts from them; only for the subtask of that
     * source.
     *
     * @param rows within the shard, ascending
     * @param values row after row
     */
    record RowsShard(ShardId shard, SourceId source, long round, int[] rows, float[] values) implements Downstream {
        @Override
        public long payloadBytes() {
            return (long) values.length * Float.BYTES + (long) rows.length * Integer.BYTES;
        }
    }

    /**
     * Some subtask has finished a step in this round, so the round will have a contribution: subtasks without an active
     * source may pass it. For every subtask.
     */
    record Participation(long round) implements Downstream {}

    /**
     * Whether a source is to be read on: not while it has enough waiting anywhere. For the readers of every subtask.
     *
     * @param source its name
     * @param stage the operator that has enough of it or not; the others speak for themselves
     */
    record Pace(String source, String stage, boolean hungry) implements Downstream {}

    /**
     * Begin no round that nobody has begun, or go on again. For every subtask, which forgets it when it is restarted, and
     * goes on by itself unless it hears it again within {@link #LAPSES_AFTER}.
     */
    record Hold(boolean held) implements Downstream {
        public static final Duration LAPSES_AFTER = Duration.ofMinutes(1);
    }
}
