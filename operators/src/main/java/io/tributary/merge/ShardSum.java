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
 * The updates of one shard in one round, summed row by row. The sum is the same to the bit whatever the order of arrival.
 *
 * <p>It begins empty, and the first update decides shard and round, the first row its length, since Flink makes an
 * accumulator before it knows for what. After any error a sum is spoilt and must not be used further.
 */
public final class ShardSum {
    private @Nullable ShardId shard;
    private long round = -1;
    private final SortedSet<SourceId> sources = new TreeSet<>();
    private final RowSums rowSums;

    /** A sum without updates. */
    public ShardSum() {
        rowSums = new RowSums();
    }

    /** A sum as it was when its parts were read, with {@link #shard()} and so on: for state. */
    public ShardSum(ShardId shard, long round, SortedSet<SourceId> sources, int[] rows, long[] weights, long[] sums) {
        if (round < 0 || sources.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s, round %d: %d sources make no sum".formatted(shard, round, sources.size()));
        }
        this.shard = shard;
        this.round = round;
        this.sources.addAll(sources);
        this.rowSums = new RowSums(rows, weights, sums);
    }

    private ShardSum(ShardSum other) {
        shard = other.shard;
        round = other.round;
        sources.addAll(other.sources);
        rowSums = other.rowSums.copy();
    }

    /**
     * Adds an update.
     *
     * @throws IllegalArgumentException if it belongs to another shard or round, has rows of another length, or a source
     *     sends a second one
     * @throws ArithmeticException if a value is not finite, the sum leaves its range of 2^23, or the weight is out of its
     *     own
     */
    public void add(ShardUpdate update) {
        int width = update.rows().length == 0 ? 0 : update.values().length / update.rows().length;
        fit(update.shard(), update.round(), width, update.source().name());
        if (!sources.add(update.source())) {
            throw twice(update.source());
        }
        long addend = FixedPoint.weight(update.weight());
        if (addend < 1) {
            throw new ArithmeticException("%s of %s, round %d: the weight %s is not between 2^-30 and 2^20"
                    .formatted(update.shard(), update.source(), update.round(), update.weight()));
        }
        int culprit = rowSums.add(update.rows(), update.values(), addend);
        if (culprit >= 0) {
            throw new ArithmeticException(
                    "%s of %s, round %d: value %d, %s with the weight %s, is not finite or takes the sum out of 2^23"
                            .formatted(
                                    update.shard(),
                                    update.source(),
                                    update.round(),
                                    culprit,
                                    update.values()[culprit],
                                    update.weight()));
        }
    }

    /** Adds all that another sum of the same shard and round holds; errors are those of {@link #add}. */
    public void merge(ShardSum other) {
        if (other.sources.isEmpty()) {
            return;
        }
        fit(other.shard(), other.round, other.rowSums.width(), "another sum");
        for (SourceId source : other.sources) {
            if (!sources.add(source)) {
                throw twice(source);
            }
        }
        if (!rowSums.merge(other.rowSums)) {
            throw new ArithmeticException(
                    "%s, round %d: the sum of the updates left its range of 2^23".formatted(shard, round));
        }
    }

    /** The weighted mean of each row, sum of weight * value over sum of weight; in double, rounded once to float. */
    public MergedShard toMean() {
        return new MergedShard(shard(), round, sources.size(), rowSums.rows(), rowSums.mean());
    }

    /** A sum that goes its own way. */
    public ShardSum copy() {
        return new ShardSum(this);
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

    /** Who has contributed, with rows or without. */
    public SortedSet<SourceId> sources() {
        return Collections.unmodifiableSortedSet(sources);
    }

    /** The rows that any update had, ascending; the array itself, not a copy, as below. */
    public int[] rows() {
        return rowSums.rows();
    }

    /** The sum of weights of each row, with 30 bits behind the point. */
    public long[] weights() {
        return rowSums.weights();
    }

    /** The sums with 40 bits behind the point, row after row. */
    public long[] sums() {
        return rowSums.sums();
    }

    /** A width of 0 fits everything: there are no rows. */
    private void fit(ShardId newShard, long newRound, int width, String sender) {
        if (shard == null) {
            shard = newShard;
            round = newRound;
        }
        int ownWidth = rowSums.width();
        if (!newShard.equals(shard) || newRound != round || (width != ownWidth && width > 0 && ownWidth > 0)) {
            throw new IllegalArgumentException(
                    "%s sent %s, round %d, rows of %d values into the sum of %s, round %d, rows of %d values"
                            .formatted(sender, newShard, newRound, width, shard, round, ownWidth));
        }
    }

    private IllegalArgumentException twice(SourceId source) {
        return new IllegalArgumentException("%s of %s, round %d: a second update, but a source counts once per round"
                .formatted(shard, source, round));
    }
}
