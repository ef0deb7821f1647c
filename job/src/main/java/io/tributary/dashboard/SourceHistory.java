package io.tributary.dashboard;

import io.tributary.record.RoundReport;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * What one source has reported: a point for each round, of 40 bytes. When there are as many as are kept, neighbours are
 * merged two by two, so that a run without end has a history of bounded size that is finest at its end.
 */
final class SourceHistory {
    private static final int FIRST_CAPACITY = 64;

    private final int limit;
    private long[] rounds = new long[FIRST_CAPACITY];
    private long[] millis = new long[FIRST_CAPACITY];
    private int[] taken = new int[FIRST_CAPACITY];
    private float[] tokens = new float[FIRST_CAPACITY];
    private final Map<Metric, float[]> values = new EnumMap<>(Metric.class);
    private int size;
    private RoundReport latest;
    private Instant seen;
    private double firstBitsPerByte = Double.NaN;
    private double lastBitsPerByte = Double.NaN;
    private long firstMeasuredRound;

    /**
     * Starts with one report.
     *
     * @param limit points to keep, even
     */
    SourceHistory(RoundReport first, Instant seen, int limit) {
        if (limit < 2 || limit % 2 != 0) {
            throw new IllegalArgumentException("Points are merged in pairs, so " + limit + " cannot be kept");
        }
        this.limit = limit;
        this.latest = first;
        this.seen = seen;
        for (Metric metric : Metric.values()) {
            values.put(metric, new float[FIRST_CAPACITY]);
        }
        append();
    }

    /**
     * Takes the next report in. One of a round that is known takes the place of that and all later rounds: the source
     * was set back, as by a recovery, or a new run has begun.
     */
    void add(RoundReport report, Instant at) {
        while (size > 0 && rounds[size - 1] >= report.round()) {
            size--;
        }
        if (report.round() <= firstMeasuredRound) {
            firstBitsPerByte = Double.NaN;
            lastBitsPerByte = Double.NaN;
        }
        latest = report;
        seen = at;
        append();
    }

    private void append() {
        if (size == limit) {
            mergePairs();
        }
        if (size == rounds.length) {
            grow();
        }
        rounds[size] = latest.round();
        millis[size] = seen.toEpochMilli();
        taken[size] = latest.steps() > 0 ? 1 : 0;
        tokens[size] = latest.tokens();
        values.forEach((metric, value) -> value[size] = (float) metric.of(latest));
        size++;
        double measured = latest.validationBitsPerByte();
        if (!Double.isNaN(measured)) {
            if (Double.isNaN(firstBitsPerByte)) {
                firstBitsPerByte = measured;
                firstMeasuredRound = latest.round();
            }
            lastBitsPerByte = measured;
        }
    }

    private void grow() {
        int capacity = Math.min(limit, 2 * size);
        rounds = Arrays.copyOf(rounds, capacity);
        millis = Arrays.copyOf(millis, capacity);
        taken = Arrays.copyOf(taken, capacity);
        tokens = Arrays.copyOf(tokens, capacity);
        values.replaceAll((metric, value) -> Arrays.copyOf(value, capacity));
    }

    /** A merged point stands at its later round. */
    private void mergePairs() {
        for (int i = 0; i < size / 2; i++) {
            rounds[i] = rounds[2 * i + 1];
            millis[i] = millis[2 * i + 1];
            taken[i] = taken[2 * i] + taken[2 * i + 1];
            tokens[i] = tokens[2 * i] + tokens[2 * i + 1];
            for (float[] value : values.values()) {
                value[i] = mean(value[2 * i], value[2 * i + 1]);
            }
        }
        size /= 2;
    }

    private static float mean(float a, float b) {
        if (Float.isNaN(a)) {
            return b;
        }
        return Float.isNaN(b) ? a : (a + b) / 2;
    }

    RoundReport latest() {
        return latest;
    }

    /** When the newest report was made. */
    Instant seen() {
        return seen;
    }

    /** The first validation; NaN before that. */
    double firstBitsPerByte() {
        return firstBitsPerByte;
    }

    /** The newest validation; NaN before the first. */
    double lastBitsPerByte() {
        return lastBitsPerByte;
    }

    /** Rounds with at least one step. */
    long roundsTakenPart() {
        long sum = 0;
        for (int i = 0; i < size; i++) {
            sum += taken[i];
        }
        return sum;
    }

    long firstRound() {
        return rounds[0];
    }

    /** Tokens that were trained in rounds later than this. */
    double tokensAfter(long round) {
        double sum = 0;
        for (int i = size - 1; i >= 0 && rounds[i] > round; i--) {
            sum += tokens[i];
        }
        return sum;
    }

    /** When the newest report of a round up to this was made; 0 without any. */
    long millisAt(long round) {
        int i = size - 1;
        while (i >= 0 && rounds[i] > round) {
            i--;
        }
        return i < 0 ? 0 : millis[i];
    }

    /**
     * Means over buckets of rounds, NaN where a bucket has no value.
     *
     * @param firstBucket which holds the rounds from {@code firstBucket * width} on
     * @param buckets how many
     * @param width rounds in a bucket
     */
    double[] means(Metric metric, long firstBucket, int buckets, long width) {
        double[] sums = new double[buckets];
        int[] counts = new int[buckets];
        float[] value = Objects.requireNonNull(values.get(metric));
        for (int i = 0; i < size; i++) {
            long bucket = rounds[i] / width - firstBucket;
            if (bucket >= 0 && bucket < buckets && !Float.isNaN(value[i])) {
                sums[(int) bucket] += value[i];
                counts[(int) bucket]++;
            }
        }
        for (int i = 0; i < buckets; i++) {
            sums[i] = counts[i] == 0 ? Double.NaN : sums[i] / counts[i];
        }
        return sums;
    }
}
