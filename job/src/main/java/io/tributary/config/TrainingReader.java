package io.tributary.config;

import io.tributary.merge.InnerState;
import io.tributary.model.AdamW;
import io.tributary.model.LearningRate;
import io.tributary.record.Variant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The section {@code training}. */
final class TrainingReader {
    private static final long DEFAULT_QUEUE_BYTES = 16 << 20;
    private static final Map<String, InnerKind> INNER = Words.of(InnerKind.values());

    private final Section training;

    private enum InnerKind {
        KEEP,
        RESET,
        SYNC
    }

    private enum Schedule {
        CONSTANT,
        COSINE,
        WSD
    }

    TrainingReader(Section training) {
        this.training = training;
    }

    /** What becomes of the moments of the inner optimizer between rounds. */
    Optional<InnerState> inner(Variant variant) {
        InnerKind kind = training.choice("innerState", INNER, InnerKind.KEEP);
        if (variant.mixture() && kind != InnerKind.KEEP) {
            training.refuse(
                    "innerState", Words.of(kind) + " is not keep, but the one model of std has no border of rounds");
            return Optional.empty();
        }
        if (kind == InnerKind.SYNC) {
            int first = training.whole("firstMomentEvery", 1, Limits.ROUNDS, 3);
            int second = training.whole("secondMomentEvery", 1, Limits.ROUNDS, 6);
            return training.make(() -> new InnerState.Sync(first, second));
        }
        training.meaningless("innerState is not sync", List.of("firstMomentEvery", "secondMomentEvery"));
        return Optional.of(kind == InnerKind.KEEP ? new InnerState.Keep() : new InnerState.Reset());
    }

    /** Everything else in the section; the last question to it. */
    Optional<LocalTraining> local() {
        int batchRows = training.whole("batchRows", 1, Limits.BATCH_ROWS);
        int microBatchRows = training.whole("microBatchRows", 1, batchRows, batchRows);
        Optional<LearningRate> rate = learningRate(training.section("learningRate"));
        long queue = training.quantity("queue", Quantities.SIZE, DEFAULT_QUEUE_BYTES);
        Optional<AdamW> adamW = adamW(training.section("adamW"));
        training.end();
        return training.make(
                () -> new LocalTraining(batchRows, microBatchRows, rate.orElseThrow(), adamW.orElseThrow(), queue));
    }

    private static Optional<LearningRate> learningRate(Section rate) {
        Schedule schedule = rate.choice("schedule", Words.of(Schedule.values()), Schedule.CONSTANT);
        double peak = rate.number("peak", Interval.POSITIVE);
        long warmup = rate.whole("warmupSteps", 0L, Long.MAX_VALUE, 0L);
        Optional<LearningRate> made =
                switch (schedule) {
                    case CONSTANT -> {
                        rate.meaningless(
                                "a constant rate has no end",
                                List.of("horizonSteps", "decayStartStep", "decaySteps", "floorShare"));
                        yield rate.make(() -> LearningRate.constant(peak, warmup));
                    }
                    case COSINE -> {
                        rate.meaningless(
                                "a cosine is one decay from the start", List.of("decayStartStep", "decaySteps"));
                        long horizon = rate.whole("horizonSteps", 1L, Long.MAX_VALUE);
                        double floor = rate.number("floorShare", Interval.UP_TO_ONE, 0.1);
                        yield rate.make(() -> new LearningRate.Cosine(peak, warmup, horizon, floor));
                    }
                    case WSD -> {
                        rate.meaningless("a decay has a start and a length", List.of("horizonSteps"));
                        long start = rate.whole("decayStartStep", 0L, Long.MAX_VALUE);
                        long steps = rate.whole("decaySteps", 1L, Long.MAX_VALUE);
                        double floor = rate.number("floorShare", Interval.UP_TO_ONE, 0.1);
                        yield rate.make(() -> new LearningRate.WarmupStableDecay(peak, warmup, start, steps, floor));
                    }
                };
        rate.end();
        return made;
    }

    private static Optional<AdamW> adamW(Section adamW) {
        AdamW standard = AdamW.defaults();
        double beta1 = adamW.number("beta1", Interval.BELOW_ONE, standard.beta1());
        double beta2 = adamW.number("beta2", Interval.BELOW_ONE, standard.beta2());
        double epsilon = adamW.number("epsilon", Interval.POSITIVE, standard.epsilon());
        double decay = adamW.number("weightDecay", Interval.NOT_NEGATIVE, standard.weightDecay());
        double clip = adamW.number("clip", Interval.POSITIVE, standard.clip());
        adamW.end();
        return adamW.make(() -> new AdamW(beta1, beta2, epsilon, decay, clip));
    }
}
