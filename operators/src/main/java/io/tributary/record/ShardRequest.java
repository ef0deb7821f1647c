package io.tributary.record;

/** A Train subtask asks the outer step for parameters that it lacks. */
public sealed interface ShardRequest {
    ShardId shard();

    /**
     * For a shard that everyone has.
     *
     * @param subtask who asks
     * @param attempt 0 at the start, when the answer waits until every subtask has asked and is then sent once to all;
     *     more when an answer was lost, which is answered at once
     */
    record Everyones(ShardId shard, int subtask, int attempt) implements ShardRequest {}

    /**
     * For the rows of a shard that a source holds from now on. They come back after each round; where the round that it
     * needs them in has begun, what it has not got of them comes at once.
     *
     * @param rows within the shard, ascending; none where the source has gone, which is not answered
     * @param fromRound the first round that it needs them in; 0 for all of them at once
     */
    record Rows(ShardId shard, SourceId source, int[] rows, long fromRound) implements ShardRequest {}
}
