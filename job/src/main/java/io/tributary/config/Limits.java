package io.tributary.config;

/** The largest numbers that settings may be: with these no count of a plan leaves the range of a long. */
final class Limits {
    static final int LAYERS = 512;
    static final int WIDTH = 1 << 14;
    static final int FEED_FORWARD = 1 << 17;
    static final long ROPE_THETA = 1L << 40;
    static final int BATCH_ROWS = 1 << 12;
    static final int LOCAL_STEPS = 1_000_000;
    static final int PIECES = 10_000_000;
    static final int SEQUENCE_LENGTH = 1 << 20;
    static final int ROUNDS = 1_000_000_000;

    private Limits() {}
}
