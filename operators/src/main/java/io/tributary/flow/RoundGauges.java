package io.tributary.flow;

import io.tributary.round.SourceRound;
import io.tributary.round.SubtaskRounds;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/**
 * Where a Train subtask stands, for those who look at the job from outside. Metrics are read by other threads, so the
 * subtask says what they see.
 */
public final class RoundGauges {
    /** The round that the subtask is in, or {@link SourceRound#NONE} before the first body. */
    public static final String ROUND = "tributary.round";
    /** The round at whose border the subtask is held, or {@link SourceRound#NONE}. */
    public static final String BORDER = "tributary.border";

    /** Steps of the subtask since it was started. */
    public static final String STEPS = "tributary.steps";
    /** When the first of these was done, in milliseconds since 1970, or {@link SourceRound#NONE}. */
    public static final String FIRST_STEP = "tributary.first_step";

    private volatile long round = SourceRound.NONE;
    private volatile long border = SourceRound.NONE;
    private volatile long steps;
    private volatile long firstStepMs = SourceRound.NONE;

    private RoundGauges() {}

    static RoundGauges in(MetricGroup operator) {
        RoundGauges gauges = new RoundGauges();
        MetricGroup group = operator.addGroup("tributary");
        group.gauge("round", (Gauge<Long>) () -> gauges.round);
        group.gauge("border", (Gauge<Long>) () -> gauges.border);
        group.gauge("steps", (Gauge<Long>) () -> gauges.steps);
        group.gauge("first_step", (Gauge<Long>) () -> gauges.firstStepMs);
        return gauges;
    }

    void show(SubtaskTrainer trainer, long nowMs) {
        SubtaskRounds rounds = trainer.rounds();
        round = rounds.currentRound();
        border = rounds.border().orElse(SourceRound.NONE);
        steps = trainer.steps();
        if (firstStepMs == SourceRound.NONE && steps > 0) {
            firstStepMs = nowMs;
        }
    }
}
