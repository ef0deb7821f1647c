package io.tributary.merge;

/**
 * Sums in 64-bit fixed point. Integer addition is associative, unlike that of floats, so the order in which updates
 * arrive does not change a single bit of the body.
 *
 * <p>A value has 40 bits behind the point (9e-13; a float's own spacing is coarser from 8e-6 on), which leaves a range
 * of 2^23 for sums. A weight has 30.
 */
final class FixedPoint {
    private static final double ONE = 0x1p40;
    private static final double ONE_WEIGHT = 0x1p30;

    private FixedPoint() {}

    /** A weight, rounded; 0 or negative where it is out of the range 2^-31 to 2^20. */
    static long weight(double weight) {
        return weight <= 0x1p20 ? (long) Math.rint(weight * ONE_WEIGHT) : -1;
    }

    /**
     * Adds {@code weight * values} to sums. Values are weighted by the rounded weight, the one that the mean is divided
     * by.
     *
     * <p>The loop has no branch; whether all went well is seen by one comparison at the end. NaN fails {@code <} and so
     * ends as a flag too.
     *
     * @param at where the sums begin
     * @param from where the values begin
     * @return whether all values were finite and all sums stayed in range; if not, the sums are spoilt
     */
    static boolean add(long[] sums, int at, float[] values, int from, int length, long weight) {
        double scale = weight * (ONE / ONE_WEIGHT);
        long overflow = 0;
        boolean inRange = true;
        for (int i = 0; i < length; i++) {
            double value = values[from + i] * scale;
            inRange &= Math.abs(value) < 0x1p63;
            long addend = (long) Math.rint(value);
            long before = sums[at + i];
            long after = before + addend;
            overflow |= (before ^ after) & (addend ^ after);
            sums[at + i] = after;
        }
        return inRange && overflow >= 0;
    }

    /**
     * Looks for the value that made {@link #add(long[], int, float[], int, int, long)} return false, only then, so that
     * the loop over good values stays short. Sums wrap, so what was there before can still be told.
     *
     * @return the first index, counted from {@code from}, that is not finite or out of range
     */
    static int culprit(long[] sums, int at, float[] values, int from, int length, long weight) {
        double scale = weight * (ONE / ONE_WEIGHT);
        for (int i = 0; i < length; i++) {
            double value = values[from + i] * scale;
            long addend = (long) Math.rint(value);
            long before = sums[at + i] - addend;
            if (!(Math.abs(value) < 0x1p63) || ((before ^ sums[at + i]) & (addend ^ sums[at + i])) < 0) {
                return i;
            }
        }
        throw new IllegalStateException("All values are in range");
    }

    /** Adds sums to sums; returns whether all stayed in range. */
    static boolean add(long[] sums, int at, long[] others, int from, int length) {
        long overflow = 0;
        for (int i = 0; i < length; i++) {
            long before = sums[at + i];
            long after = before + others[from + i];
            overflow |= (before ^ after) & (others[from + i] ^ after);
            sums[at + i] = after;
        }
        return overflow >= 0;
    }

    /** Sums over the sum of weights, rounded once to float; from and to the same place. */
    static void mean(long[] sums, int at, long weight, float[] mean, int length) {
        double scale = ONE / ONE_WEIGHT * weight;
        for (int i = at; i < at + length; i++) {
            mean[i] = (float) (sums[i] / scale);
        }
    }
}
