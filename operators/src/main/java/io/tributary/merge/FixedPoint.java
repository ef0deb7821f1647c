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
    /** Added to a double below 2^51, of either sign, it leaves an integer in the last bits. */
    private static final double ROUNDER = 0x1.8p52;

    private static final long ROUNDER_BITS = Double.doubleToRawLongBits(ROUNDER);
    /** 2 KiB of rounded values: they stay in the first cache beside the sums that they are added to. */
    private static final int BLOCK = 256;

    /** So many additions of {@link Outcome#QUICK} leave every sum in [-2^62, 2^62): each changes it by 2^51 at most. */
    static final int QUICK_ADDITIONS = 1 << 11;

    /** What became of an addition. */
    enum Outcome {
        /** No value was larger than 2^51, in units of the last bit. */
        QUICK,
        /** Some were, or their sums are. */
        SLOW,
        /** A value was not finite, or a sum left its range; the sums are spoilt. */
        REFUSED
    }

    private FixedPoint() {}

    /** A weight, rounded; 0 or negative where it is out of the range 2^-31 to 2^20. */
    static long weight(double weight) {
        return weight <= 0x1p20 ? (long) Math.rint(weight * ONE_WEIGHT) : -1;
    }

    /**
     * Adds {@code weight * values} to sums. Values are weighted by the rounded weight, the one that the mean is divided
     * by.
     *
     * <p>Block by block, in loops that do one thing each: C2 unrolls a loop with all of it until the addresses of the
     * arrays no longer fit into registers and are fetched back for every value, which halves the speed. A block whose
     * values or sums are unusually large is added by the definition, {@link #addExactly}; the bits are the same.
     *
     * @param at where the sums begin
     * @param from where the values begin
     * @param haveRoom whether all sums are known to be in [-2^62, 2^62), so that nobody has to look
     */
    static Outcome add(long[] sums, int at, float[] values, int from, int length, long weight, boolean haveRoom) {
        double scale = weight * (ONE / ONE_WEIGHT);
        long[] rounded = new long[Math.min(BLOCK, length)];
        boolean allQuick = true;
        boolean inRange = true;
        for (int done = 0; done < length; done += BLOCK) {
            int size = Math.min(BLOCK, length - done);
            round(values, from + done, scale, rounded, size);
            if (areSmall(rounded, size) && (haveRoom || haveRoom(sums, at + done, size))) {
                addRounded(sums, at + done, rounded, size);
            } else {
                allQuick = false;
                inRange &= addExactly(sums, at + done, values, from + done, size, scale);
            }
        }
        if (!inRange) {
            return Outcome.REFUSED;
        }
        return allQuick ? Outcome.QUICK : Outcome.SLOW;
    }

    /**
     * The bits of {@code values * scale + ROUNDER}: above 2^52 doubles are the integers, so that sum is rounded to one,
     * half to even as {@link Math#rint} does, and its last bits are that integer in two's complement. Java has no
     * vectorized conversion of doubles to longs before 20, and the scalar one looks for NaN with every value.
     */
    private static void round(float[] values, int from, double scale, long[] rounded, int size) {
        for (int i = 0; i < size; i++) {
            rounded[i] = Double.doubleToRawLongBits(values[from + i] * scale + ROUNDER);
        }
    }

    /** Whether sign and exponent are those of 2^52, so that none was NaN, infinite or not in [-2^51, 2^51). */
    private static boolean areSmall(long[] rounded, int size) {
        long different = 0;
        for (int i = 0; i < size; i++) {
            different |= rounded[i] ^ ROUNDER_BITS;
        }
        return different >>> 52 == 0;
    }

    /** Whether all sums are in [-2^62, 2^62): their two highest bits are the same. */
    private static boolean haveRoom(long[] sums, int at, int size) {
        long different = 0;
        for (int i = 0; i < size; i++) {
            different |= sums[at + i] ^ (sums[at + i] << 1);
        }
        return different >= 0;
    }

    private static void addRounded(long[] sums, int at, long[] rounded, int size) {
        for (int i = 0; i < size; i++) {
            sums[at + i] += rounded[i] - ROUNDER_BITS;
        }
    }

    /**
     * The definition, for values and sums of any size. The loop has no branch; whether all went well is seen by one
     * comparison at the end. NaN fails {@code <} and so ends as a flag too.
     */
    private static boolean addExactly(long[] sums, int at, float[] values, int from, int length, double scale) {
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
     * Looks for the value that made {@link #add(long[], int, float[], int, int, long, boolean)} refuse, only then, so that
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

    /**
     * Sums over the sum of weights, rounded once to float; from and to the same place. In loops as short as those of
     * {@link #add(long[], int, float[], int, int, long, boolean)}; only the division vectorizes.
     */
    static void mean(long[] sums, int at, long weight, float[] mean, int length) {
        double scale = ONE / ONE_WEIGHT * weight;
        double[] quotients = new double[Math.min(BLOCK, length)];
        for (int done = 0; done < length; done += BLOCK) {
            int from = at + done;
            int size = Math.min(BLOCK, length - done);
            for (int i = 0; i < size; i++) {
                quotients[i] = sums[from + i];
            }
            for (int i = 0; i < size; i++) {
                quotients[i] /= scale;
            }
            for (int i = 0; i < size; i++) {
                mean[from + i] = (float) quotients[i];
            }
        }
    }
}
