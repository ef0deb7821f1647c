package io.tributary.merge;

/** How much an update counts in the mean of its round. */
public enum Weighting {
    /** Every source the same. */
    EQUAL,
    /** By the tokens that the source has trained in the round. */
    TOKENS
}
