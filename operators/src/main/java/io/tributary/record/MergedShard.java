package io.tributary.record;

/**
 * The weighted mean of a round's updates of one shard, row by row: a row is averaged over the sources that sent it.
 *
 * @param contributions how many sources took part
 * @param rows that have an update, ascending; none if nothing counted
 * @param mean sum of weight * value over sum of weight, row after row
 */
public record MergedShard(ShardId shard, long round, int contributions, int[] rows, float[] mean) {}
