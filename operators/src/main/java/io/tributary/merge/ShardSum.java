package io.tributary.merge;

import io.tributary.record.MergedShard;
import io.tributary.record.ShardId;
import io.tributary.record.ShardUpdate;
import io.tributary.record.SourceId;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The updates of one shard in one round, summed. The sum is the same to the bit whatever the order of arrival.
 *
 * <p>It begins empty, and the first update decides shard, round and length, since Flink makes an accumulator before it
 * knows for what. After any error a sum is spoilt and must not be used further.
 */
public final class ShardSum {
    private @Nullable ShardId shard;
    private long round = -1;
    private long weight;
    private final SortedSet<SourceId> sources = new TreeSet<>();
    private long[] sums = new long[0];

    /** A sum without updates. */
    public ShardSum() {}

    /** A sum as it was when its parts were read, with {@link #shard()} and so on: for state. */
    public ShardSum(ShardId shard, long round, long weight, SortedSet<SourceId> sources, long[] sums) {
        if (round < 0 || weight < 1 || sources.isEmpty()) {
            throw new IllegalArgumentException("%s, round %d: %d sources with the weight %d make no sum"
                    .formatted(shard, round, sources.size(), weight));
        }
        this.shard = shard;
        this.round = round;
        this.weight = weight;
        this.sources.addAll(sources);
        this.sums = sums;
    }

    /**
     * Adds an update.
     *
     * @throws IllegalArgumentException if it belongs to another shard or round, has another length, or a source sends a
     *     second one
     * @throws ArithmeticException if a value is not finite, the sum leaves its range of 2^23, or the weight is out of its
     *     own
     */
    public void add(ShardUpdate update) {
        fit(
                update.shard(),
                update.round(),
                update.delta().length,
                update.source().name());
        if (!sources.add(update.source())) {
            throw twice(update.source());
        }
        long addend = FixedPoint.weight(update.weight());
        if (addend < 1) {
            throw new ArithmeticException("%s of %s, round %d: the weight %s is not between 2^-30 and 2^20"
                    .formatted(update.shard(), update.source(), update.round(), update.weight()));
        }
        weight = Math.addExact(weight, addend);
        if (!FixedPoint.add(sums, update.delta(), addend)) {
            int index = FixedPoint.culprit(sums, update.delta(), addend);
            throw new ArithmeticException(
                    "%s of %s, round %d: value %d, %s with the weight %s, is not finite or takes the sum out of 2^23"
                            .formatted(
                                    update.shard(),
                                    update.source(),
                                    update.round(),
                                    index,
                                    update.delta()[index],
                                    update.weight()));
        }
    }

    /** Adds all that another sum of the same shard and round holds; errors are those of {@link #add}. */
    public void merge(ShardSum other) {
        if (other.sources.isEmpty()) {
            return;
        }
        fit(other.shard(), other.round, other.sums.length, "another sum");
        for (SourceId source : other.sources) {
            if (!sources.add(source)) {
                throw twice(source);
            }
        }
        weight = Math.addExact(weight, other.weight);
        if (!FixedPoint.add(sums, other.sums)) {
            throw new ArithmeticException(
                    "%s, round %d: the sum of the updates left its range of 2^23".formatted(shard, round));
        }
    }

    /** The weighted mean, sum of weight * delta over sum of weight; in double, rounded once to float. */
    public MergedShard toMean() {
        return new MergedShard(shard(), round, sources.size(), FixedPoint.mean(sums, weight));
    }

    public boolean isEmpty() {
        return sources.isEmpty();
    }

    public ShardId shard() {
        if (shard == null) {
            throw new IllegalStateException("A sum without updates belongs to no shard yet");
        }
        return shard;
    }

    public long round() {
        return round;
    }

    /** The sum of weights, with 30 bits behind the point. */
    public long weight() {
        return weight;
    }

    /** Who has contributed. */
    public SortedSet<SourceId> sources() {
        return Collections.unmodifiableSortedSet(sources);
    }

    /** The sums with 40 bits behind the point; the array itself, not a copy. */
    public long[] sums() {
        return sums;
    }

    private void fit(ShardId newShard, long newRound, int length, String sender) {
        if (shard == null) {
            shard = newShard;
            round = newRound;
            sums = new long[length];
        }
        if (!newShard.equals(shard) || newRound != round || length != sums.length) {
            throw new IllegalArgumentException("%s sent %s, round %d, %d values into the sum of %s, round %d, %d values"
                    .formatted(sender, newShard, newRound, length, shard, round, sums.length));
        }
    }

    private IllegalArgumentException twice(SourceId source) {
        return new IllegalArgumentException("%s of %s, round %d: a second update, but a source counts once per round"
                .formatted(shard, source, round));
    }
}
