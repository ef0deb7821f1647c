package io.tributary.record;

/**
 * One shard of what a source learnt in a round. Its timestamp in the stream is {@code round}.
 *
 * <p>A shard has one row that is all of it, except where sources hold rows of a shared embedding: then its rows are
 * those. An update without rows counts in no mean; it says that its source is through with the round.
 *
 * @param round the round that it counts in
 * @param baseRound the round of the parameters that it started from; smaller than {@code round} for late work
 * @param weight its share in the mean
 * @param rows within the shard, ascending
 * @param values row after row: trained minus base parameters, or the moments themselves
 */
public record ShardUpdate(
        ShardId shard, SourceId source, long round, long baseRound, double weight, int[] rows, float[] values) {
    public ShardUpdate {
        if (!(weight > 0) || Double.isInfinite(weight)) {
            throw new IllegalArgumentException("%s of %s, round %d: the weight must be positive and finite, not %s"
                    .formatted(shard, source, round, weight));
        }
        if (baseRound > round || baseRound < 0) {
            throw new IllegalArgumentException(
                    "%s of %s: base round %d does not precede round %d".formatted(shard, source, baseRound, round));
        }
        if (rows.length == 0 ? values.length > 0 : values.length % rows.length != 0) {
            throw new IllegalArgumentException("%s of %s, round %d: %d values do not make %d rows"
                    .formatted(shard, source, round, values.length, rows.length));
        }
    }

    /** All of a shard. */
    public static ShardUpdate whole(
            ShardId shard, SourceId source, long round, long baseRound, double weight, float[] values) {
        return new ShardUpdate(shard, source, round, baseRound, weight, new int[] {0}, values);
    }

    /** Nothing of a shard. */
    public static ShardUpdate nothing(ShardId shard, SourceId source, long round, long baseRound) {
        return new ShardUpdate(shard, source, round, baseRound, 1, new int[0], new float[0]);
    }

    /** Bytes of values and, where there is a choice of rows, of row ids on the wire; all else is framing. */
    public long payloadBytes(boolean byRows) {
        return (long) values.length * Float.BYTES + (byRows ? (long) rows.length * Integer.BYTES : 0);
    }
}
