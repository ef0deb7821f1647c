package io.tributary.dashboard;

import io.tributary.record.RoundReport;
import java.util.Arrays;
import java.util.Optional;

/** What is drawn over the rounds. */
enum Metric {
    BITS_PER_BYTE("bits-per-byte"),
    LOSS("loss"),
    TOKENS_PER_SECOND("tokens-per-second"),
    BYTES("bytes");

    /** As a request names it. */
    private final String key;

    Metric(String key) {
        this.key = key;
    }

    static Optional<Metric> of(String key) {
        return Arrays.stream(values()).filter(metric -> metric.key.equals(key)).findFirst();
    }

    /** NaN where the report does not say. */
    double of(RoundReport report) {
        return switch (this) {
            case BITS_PER_BYTE -> report.validationBitsPerByte();
            case LOSS -> report.trainLoss();
            case TOKENS_PER_SECOND -> report.tokensPerSecond();
            case BYTES -> bytes(report);
        };
    }

    /** All that went over the wire for a source, in both directions. */
    private static double bytes(RoundReport report) {
        return report.traffic().isEmpty()
                ? Double.NaN
                : report.traffic().stream()
                        .mapToLong(traffic -> traffic.sent() + traffic.received() + traffic.framing())
                        .sum();
    }
}
