package io.tributary.model;

/** How a model knows where in a row a token stands. */
public enum Positions {
    /** A trained embedding [T, d] of each position, as in GPT-2. */
    LEARNED,
    /**
     * ALiBi (arXiv 2108.12409): scores of attention fall off linearly with distance, at a rate of each head's own; there
     * is nothing to train.
     */
    ALIBI,
    /** Not at all, but for the causal mask. */
    NONE
}
