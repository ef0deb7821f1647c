package io.tributary.flow;

import io.tributary.record.SourceId;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;

/**
 * Every figure that the job shows as a metric of Flink; docs/metrics.md says what each means. One that is of a source
 * has the name of the source as a label ({@code source}), so there are as many of it as there are sources.
 */
public enum Metric {
    ROUND(Kind.GAUGE, "round"),
    ROUNDS(Kind.GAUGE, "rounds"),
    BORDER(Kind.GAUGE, "border"),
    STEPS(Kind.GAUGE, "steps"),
    FIRST_STEP(Kind.GAUGE, "first_step"),
    TEXT_WAIT(Kind.GAUGE, "text_wait_ms"),
    BODY_WAIT(Kind.GAUGE, "body_wait_ms"),

    DOCUMENTS(Kind.COUNTER, "documents"),
    DEAD_LETTERS(Kind.COUNTER, "dead_letters"),

    OUTER_ROUND(Kind.GAUGE, "outer_round"),
    OUTER_STEPS(Kind.COUNTER, "outer_steps"),
    MERGED_BYTES(Kind.COUNTER, "merged_bytes"),
    BROADCAST_BYTES(Kind.COUNTER, "broadcast_bytes"),

    SOURCE_DOCUMENTS(Kind.COUNTER, "source.documents"),
    SOURCE_DEAD_LETTERS(Kind.COUNTER, "source.dead_letters"),
    SOURCE_ACTIVE(Kind.GAUGE, "source.active"),
    SOURCE_QUEUED_BYTES(Kind.GAUGE, "source.queued_bytes"),
    SOURCE_TOKENS(Kind.GAUGE, "source.tokens"),
    SOURCE_STEP_TIME(Kind.GAUGE, "source.step_time_ms"),
    SOURCE_LEARNING_RATE(Kind.GAUGE, "source.learning_rate"),
    SOURCE_ROUND(Kind.GAUGE, "source.round"),
    SOURCE_LOSS(Kind.GAUGE, "source.loss"),
    SOURCE_BITS_PER_BYTE(Kind.GAUGE, "source.bits_per_byte"),
    SOURCE_UNIGRAM_BITS_PER_BYTE(Kind.GAUGE, "source.unigram_bits_per_byte"),
    SOURCE_TOKENS_PER_SECOND(Kind.GAUGE, "source.tokens_per_second"),
    SOURCE_FLOPS_PER_SECOND(Kind.GAUGE, "source.flops_per_second"),
    SOURCE_VOCABULARY_SIZE(Kind.GAUGE, "source.vocabulary_size"),
    SOURCE_FULL_ROUNDS(Kind.COUNTER, "source.full_rounds"),
    SOURCE_PARTIAL_ROUNDS(Kind.COUNTER, "source.partial_rounds"),
    SOURCE_LATE_ROUNDS(Kind.COUNTER, "source.late_rounds"),
    SOURCE_ABSTAINED_ROUNDS(Kind.COUNTER, "source.abstained_rounds"),
    SOURCE_REJECTED_ROUNDS(Kind.COUNTER, "source.rejected_rounds"),
    SOURCE_SENT_BYTES(Kind.COUNTER, "source.sent_bytes"),
    SOURCE_RECEIVED_BYTES(Kind.COUNTER, "source.received_bytes"),
    SOURCE_FRAMING_BYTES(Kind.COUNTER, "source.framing_bytes");

    private static final String ALL = "tributary";
    private static final String OF_A_SOURCE = "source.";

    private final Kind kind;
    private final String name;

    /** How Flink keeps it. */
    public enum Kind {
        /** What is now. */
        GAUGE,
        /** What has happened since the subtask was started. */
        COUNTER
    }

    Metric(Kind kind, String name) {
        this.kind = kind;
        this.name = name;
    }

    public Kind kind() {
        return kind;
    }

    /** As it stands behind the name of the operator, without the name of a source: {@code tributary.source.loss}. */
    public String id() {
        return ALL + "." + name;
    }

    private boolean ofSource() {
        return name.startsWith(OF_A_SOURCE);
    }

    void show(MetricGroup operator, Gauge<? extends Number> value) {
        requireOfSource(false);
        operator.addGroup(ALL).gauge(name, value);
    }

    void show(MetricGroup operator, SourceId source, Gauge<? extends Number> value) {
        group(operator, source).gauge(name.substring(OF_A_SOURCE.length()), value);
    }

    Counter count(MetricGroup operator) {
        requireOfSource(false);
        return operator.addGroup(ALL).counter(name, new SimpleCounter());
    }

    Counter count(MetricGroup operator, SourceId source) {
        return group(operator, source).counter(name.substring(OF_A_SOURCE.length()), new SimpleCounter());
    }

    private MetricGroup group(MetricGroup operator, SourceId source) {
        requireOfSource(true);
        return operator.addGroup(ALL).addGroup("source", source.name());
    }

    private void requireOfSource(boolean wanted) {
        if (ofSource() != wanted) {
            throw new IllegalStateException(id() + (wanted ? " is not of a source" : " is of a source"));
        }
    }
}
