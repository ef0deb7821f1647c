package io.tributary.flow;

import io.tributary.round.RoundRules;
import io.tributary.round.SourceRound;
import io.tributary.round.SubtaskRounds;
import org.apache.flink.metrics.MetricGroup;

/**
 * Where a Train subtask stands, for those who look at the job from outside. Metrics are read by other threads, so the
 * subtask says what they see.
 */
public final class RoundGauges {
    /** The round that the subtask is in, or {@link SourceRound#NONE} before the first body. */
    public static final String ROUND = Metric.ROUND.id();
    /** The rounds of the run, or {@link SourceRound#NONE} for one without end. A run is over in the round of this number. */
    public static final String ROUNDS = Metric.ROUNDS.id();
    /** The round at whose border the subtask is held, or {@link SourceRound#NONE}. */
    public static final String BORDER = Metric.BORDER.id();

    /** Steps of the subtask since it was started. */
    public static final String STEPS = Metric.STEPS.id();
    /** When the first of these was done, in milliseconds since 1970, or {@link SourceRound#NONE}. */
    public static final String FIRST_STEP = Metric.FIRST_STEP.id();
    /** Milliseconds since the subtask was started, in which it had closed its round and waited for the next body. */
    public static final String BODY_WAIT = Metric.BODY_WAIT.id();

    private volatile long round = SourceRound.NONE;
    private volatile long border = SourceRound.NONE;
    private volatile long steps;
    private volatile long firstStepMs = SourceRound.NONE;
    private volatile long textWaitMs;
    private volatile long bodyWaitMs;

    private Waits waits = Waits.FOR_NOTHING;
    private long shownMs;

    /** What keeps a subtask from training. */
    private enum Waits {
        FOR_NOTHING,
        FOR_TEXT,
        FOR_BODY
    }

    private RoundGauges() {}

    static RoundGauges in(MetricGroup operator, RoundRules rules) {
        RoundGauges gauges = new RoundGauges();
        long rounds = rules.endless() ? SourceRound.NONE : rules.maxRounds();
        Metric.ROUND.show(operator, () -> gauges.round);
        Metric.ROUNDS.show(operator, () -> rounds);
        Metric.BORDER.show(operator, () -> gauges.border);
        Metric.STEPS.show(operator, () -> gauges.steps);
        Metric.FIRST_STEP.show(operator, () -> gauges.firstStepMs);
        Metric.TEXT_WAIT.show(operator, () -> gauges.textWaitMs);
        Metric.BODY_WAIT.show(operator, () -> gauges.bodyWaitMs);
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
        showWaits(trainer, nowMs);
    }

    /** A wait is over, or longer, when something happens. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread alone writes
    private void showWaits(SubtaskTrainer trainer, long nowMs) {
        switch (waits) {
            case FOR_TEXT -> textWaitMs += nowMs - shownMs;
            case FOR_BODY -> bodyWaitMs += nowMs - shownMs;
            case FOR_NOTHING -> {}
        }
        shownMs = nowMs;
        if (trainer.sources().isEmpty() || trainer.hasWork() || border != SourceRound.NONE) {
            waits = Waits.FOR_NOTHING;
        } else {
            waits = trainer.rounds().waitsForBody() ? Waits.FOR_BODY : Waits.FOR_TEXT;
        }
    }
}
