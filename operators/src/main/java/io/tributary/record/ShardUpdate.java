package io.tributary.record;

/**
 * One shard of what a source learnt in a round. Its timestamp in the stream is {@code round}.
 *
 * @param round the round that it counts in
 * @param baseRound the round of the body that it started from; smaller than {@code round} for late work
 * @param weight its share in the mean: trained tokens over the tokens of a full round, so 1 for a full one
 * @param delta trained minus base parameters of the shard
 */
public record ShardUpdate(ShardId shard, SourceId source, long round, long baseRound, double weight, float[] delta) {
    public ShardUpdate {
        if (!(weight > 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException("%s of %s, round %d: the weight must be positive and finite, not %s"
                    .formatted(shard, source, round, weight));
        }
        if (baseRound > round || baseRound < 0) {
            throw new IllegalArgumentException(
                    "%s of %s: base round %d does not precede round %d".formatted(shard, source, baseRound, round));
        }
    }
}
