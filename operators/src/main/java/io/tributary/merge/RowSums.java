package io.tributary.merge;

import java.util.Arrays;

/**
 * Weighted sums of rows in fixed point. It has the rows that any update had, and each counts the weight of those that
 * had it, so that a row is averaged over its holders alone.
 */
final class RowSums {
    private int[] rows;
    private long[] weights;
    private long[] sums;
    /** Of quick additions that can have led to these sums, or more. */
    private int additions;

    RowSums() {
        this(new int[0], new long[0], new long[0], 0);
    }

    /**
     * Sums as they were when they were read.
     *
     * @param rows ascending
     * @param weights of each row
     * @param sums row after row
     */
    RowSums(int[] rows, long[] weights, long[] sums) {
        this(rows, weights, sums, FixedPoint.QUICK_ADDITIONS);
    }

    private RowSums(int[] rows, long[] weights, long[] sums, int additions) {
        if (weights.length != rows.length
                || (rows.length == 0 ? sums.length > 0 : sums.length % rows.length != 0)
                || !isAscending(rows)) {
            throw new IllegalArgumentException("%d weights and %d sums do not fit %d ascending rows"
                    .formatted(weights.length, sums.length, rows.length));
        }
        this.rows = rows;
        this.weights = weights;
        this.sums = sums;
        this.additions = additions;
    }

    static boolean isAscending(int[] rows) {
        for (int i = 1; i < rows.length; i++) {
            if (rows[i - 1] >= rows[i]) {
                return false;
            }
        }
        return true;
    }

    int[] rows() {
        return rows;
    }

    long[] weights() {
        return weights;
    }

    long[] sums() {
        return sums;
    }

    /** Values of a row. */
    int width() {
        return rows.length == 0 ? 0 : sums.length / rows.length;
    }

    /**
     * Adds {@code weight * values} to some rows.
     *
     * @return the index of the first value that is not finite or takes its sum out of range, or -1; then the sums are
     *     spoilt
     */
    int add(int[] newRows, float[] values, long weight) {
        if (newRows.length == 0) {
            return -1;
        }
        int width = values.length / newRows.length;
        makeRoom(newRows, width);
        boolean haveRoom = additions < FixedPoint.QUICK_ADDITIONS;
        count(1);
        int at = 0;
        for (int i = 0; i < newRows.length; i++) {
            at = Arrays.binarySearch(rows, at, rows.length, newRows[i]);
            weights[at] = Math.addExact(weights[at], weight);
            switch (FixedPoint.add(sums, at * width, values, i * width, width, weight, haveRoom)) {
                case QUICK -> {}
                case SLOW -> count(FixedPoint.QUICK_ADDITIONS);
                case REFUSED -> {
                    return i * width + FixedPoint.culprit(sums, at * width, values, i * width, width, weight);
                }
            }
        }
        return -1;
    }

    /** Adds all of another; returns whether everything stayed in range. */
    boolean merge(RowSums other) {
        int width = other.width();
        makeRoom(other.rows, width);
        count(other.additions);
        boolean inRange = true;
        for (int i = 0; i < other.rows.length; i++) {
            int at = Arrays.binarySearch(rows, other.rows[i]);
            weights[at] = Math.addExact(weights[at], other.weights[i]);
            inRange &= FixedPoint.add(sums, at * width, other.sums, i * width, width);
        }
        return inRange;
    }

    /** The weighted mean of every row, rounded once to float. */
    float[] mean() {
        float[] mean = new float[sums.length];
        int width = width();
        for (int i = 0; i < rows.length; i++) {
            FixedPoint.mean(sums, i * width, weights[i], mean, width);
        }
        return mean;
    }

    RowSums copy() {
        return new RowSums(rows.clone(), weights.clone(), sums.clone(), additions);
    }

    private void count(int more) {
        additions = Math.min(FixedPoint.QUICK_ADDITIONS, additions + more);
    }

    /** Takes in rows that are not there yet. */
    private void makeRoom(int[] newRows, int width) {
        if (Arrays.equals(rows, newRows)) {
            return;
        }
        int[] union = union(rows, newRows);
        if (union.length == rows.length) {
            return;
        }
        long[] unionWeights = new long[union.length];
        long[] unionSums = new long[Math.multiplyExact(union.length, width)];
        int at = 0;
        for (int i = 0; i < rows.length; i++) {
            at = Arrays.binarySearch(union, at, union.length, rows[i]);
            unionWeights[at] = weights[i];
            System.arraycopy(sums, i * width, unionSums, at * width, width);
        }
        rows = union;
        weights = unionWeights;
        sums = unionSums;
    }

    private static int[] union(int[] one, int[] other) {
        int[] union = new int[one.length + other.length];
        int size = 0;
        int i = 0;
        int j = 0;
        while (i < one.length || j < other.length) {
            boolean first = j == other.length || (i < one.length && one[i] <= other[j]);
            int next = first ? one[i] : other[j];
            i += i < one.length && one[i] == next ? 1 : 0;
            j += j < other.length && other[j] == next ? 1 : 0;
            union[size++] = next;
        }
        return Arrays.copyOf(union, size);
    }
}
