package io.tributary.record;

/**
 * The weighted mean of a round's updates of one shard.
 *
 * @param contributions how many sources took part
 * @param meanDelta sum of weight * delta over sum of weight
 */
public record MergedShard(ShardId shard, long round, int contributions, float[] meanDelta) {}
