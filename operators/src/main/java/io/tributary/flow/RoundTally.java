package io.tributary.flow;

/** What a source has done since it began its round; for the report, never for a decision. */
final class RoundTally {
    private long steps;
    private long tokens;
    private long bytes;
    private long nanos;
    private double lossSum;

    RoundTally() {}

    RoundTally(long steps, long tokens, long bytes, long nanos, double lossSum) {
        this.steps = steps;
        this.tokens = tokens;
        this.bytes = bytes;
        this.nanos = nanos;
        this.lossSum = lossSum;
    }

    void step(long stepTokens, long stepBytes, long stepNanos, double loss) {
        steps++;
        tokens += stepTokens;
        bytes += stepBytes;
        nanos += stepNanos;
        lossSum += loss;
    }

    long steps() {
        return steps;
    }

    long tokens() {
        return tokens;
    }

    long bytes() {
        return bytes;
    }

    long nanos() {
        return nanos;
    }

    double lossSum() {
        return lossSum;
    }

    /** Nats per token over the steps; NaN without one. */
    double meanLoss() {
        return steps == 0 ? Double.NaN : lossSum / steps;
    }

    /** Over the time spent in steps; 0 without one. */
    double tokensPerSecond() {
        return nanos == 0 ? 0 : tokens * 1e9 / nanos;
    }
}
