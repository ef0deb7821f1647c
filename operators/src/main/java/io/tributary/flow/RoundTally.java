package io.tributary.flow;

import io.tributary.model.StepResult;

/** What a source has done since it began its round; for the report, never for a decision. */
final class RoundTally {
    private long steps;
    private long tokens;
    private long bytes;
    private long nanos;
    private double lossSum;
    private long rejected;

    RoundTally() {}

    RoundTally(long steps, long tokens, long bytes, long nanos, double lossSum, long rejected) {
        this.steps = steps;
        this.tokens = tokens;
        this.bytes = bytes;
        this.nanos = nanos;
        this.lossSum = lossSum;
        this.rejected = rejected;
    }

    void step(long stepTokens, long stepBytes, long stepNanos, StepResult result) {
        steps++;
        tokens += stepTokens;
        bytes += stepBytes;
        nanos += stepNanos;
        if (result.applied()) {
            lossSum += result.loss();
        } else {
            rejected++;
        }
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

    /** Steps that changed nothing, since their gradient was not finite. */
    long rejected() {
        return rejected;
    }

    /** Nats per token over the steps that changed something; NaN without one. */
    double meanLoss() {
        return steps == rejected ? Double.NaN : lossSum / (steps - rejected);
    }

    /** Over the time spent in steps; 0 without one. */
    double tokensPerSecond() {
        return nanos == 0 ? 0 : tokens * 1e9 / nanos;
    }
}
