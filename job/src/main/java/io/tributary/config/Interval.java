package io.tributary.config;

/**
 * The numbers that a setting may be.
 *
 * @param text as it is said in an error
 */
record Interval(double low, boolean lowIncluded, double high, boolean highIncluded, String text) {
    static final Interval POSITIVE = new Interval(0, false, Double.MAX_VALUE, true, "above 0");
    static final Interval NOT_NEGATIVE = new Interval(0, true, Double.MAX_VALUE, true, "0 or above");
    /** Decays of moments. */
    static final Interval BELOW_ONE = new Interval(0, true, 1, false, "in [0, 1)");
    /** Shares that may be nothing. */
    static final Interval UP_TO_ONE = new Interval(0, true, 1, true, "in [0, 1]");
    /** Shares that are something. */
    static final Interval SHARE = new Interval(0, false, 1, true, "in (0, 1]");

    boolean holds(double number) {
        return (number > low || (lowIncluded && number == low)) && (number < high || (highIncluded && number == high));
    }
}
