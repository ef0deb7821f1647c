package io.tributary.record;

/**
 * A Train subtask without a body asks for a shard of it.
 *
 * @param subtask who asks
 * @param attempt 0 at the start, when the answer waits until every subtask has asked and is then sent once to all; more
 *     when an answer was lost, which is answered at once
 */
public record BodyRequest(ShardId shard, int subtask, int attempt) {}
