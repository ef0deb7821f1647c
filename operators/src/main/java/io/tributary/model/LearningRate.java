package io.tributary.model;

import java.io.Serializable;

/**
 * A learning rate over the sequential steps of a whole run, after a linear warm-up whose last step runs at the peak.
 * Rounds do not restart it.
 */
public sealed interface LearningRate extends Serializable {

    /**
     * The rate of a step.
     *
     * @param step the sequential step, counted from 0
     */
    double at(long step);

    /** Half a cosine from the peak to a tenth of it. */
    static LearningRate cosine(double peak, long warmupSteps, long horizonSteps) {
        return new Cosine(peak, warmupSteps, horizonSteps, 0.1);
    }

    /** The peak for ever, for runs without a known end. */
    static LearningRate constant(double peak, long warmupSteps) {
        return new Constant(peak, warmupSteps);
    }

    /**
     * The peak for ever.
     *
     * @param peak the rate after the warm-up
     * @param warmupSteps steps of the warm-up
     */
    record Constant(double peak, long warmupSteps) implements LearningRate {
        public Constant {
            requireWarmup(peak, warmupSteps);
        }

        @Override
        public double at(long step) {
            return step < warmupSteps ? warmup(peak, warmupSteps, step) : peak;
        }
    }

    /**
     * Half a cosine from the peak down to a floor, which it keeps.
     *
     * @param peak the rate after the warm-up
     * @param warmupSteps steps of the warm-up
     * @param horizonSteps the step that reaches the floor
     * @param floorShare the floor as a share of the peak
     */
    record Cosine(double peak, long warmupSteps, long horizonSteps, double floorShare) implements LearningRate {
        public Cosine {
            requireWarmup(peak, warmupSteps);
            requireShare(floorShare);
            if (horizonSteps <= warmupSteps) {
                throw new IllegalArgumentException("The horizon lies after the warm-up, but they are %d and %d steps"
                        .formatted(horizonSteps, warmupSteps));
            }
        }

        @Override
        public double at(long step) {
            if (step < warmupSteps) {
                return warmup(peak, warmupSteps, step);
            }
            double progress = Math.min(1, (double) (step - warmupSteps) / (horizonSteps - warmupSteps));
            // StrictMath, so that a resumed run sees the same bits on another JVM.
            return peak * (floorShare + (1 - floorShare) * 0.5 * (1 + StrictMath.cos(Math.PI * progress)));
        }
    }

    /**
     * The peak until a decay is asked for, then a straight line down to a floor, which it keeps: the schedule that MiniCPM
     * (arXiv 2404.06395) names WSD. A run without a known end trains at the peak, and each time that a finished model is
     * wanted, it decays from there.
     *
     * @param peak the rate after the warm-up
     * @param warmupSteps steps of the warm-up
     * @param decayStartStep the last step at the peak
     * @param decaySteps steps from the peak to the floor
     * @param floorShare the floor as a share of the peak
     */
    record WarmupStableDecay(double peak, long warmupSteps, long decayStartStep, long decaySteps, double floorShare)
            implements LearningRate {
        public WarmupStableDecay {
            requireWarmup(peak, warmupSteps);
            requireShare(floorShare);
            if (decayStartStep < warmupSteps || decaySteps < 1) {
                throw new IllegalArgumentException(
                        "The decay starts after the warm-up of %d steps and takes at least one, but it starts at %d and takes %d"
                                .formatted(warmupSteps, decayStartStep, decaySteps));
            }
        }

        @Override
        public double at(long step) {
            if (step < warmupSteps) {
                return warmup(peak, warmupSteps, step);
            }
            double progress = Math.min(1, Math.max(0, (double) (step - decayStartStep) / decaySteps));
            return peak * (1 - (1 - floorShare) * progress);
        }
    }

    private static double warmup(double peak, long warmupSteps, long step) {
        return peak * (step + 1) / warmupSteps;
    }

    private static void requireWarmup(double peak, long warmupSteps) {
        if (!(peak > 0) || warmupSteps < 0) {
            throw new IllegalArgumentException(
                    "A learning rate wants a peak > 0 and a warm-up of 0 or more steps, but they are %s and %d"
                            .formatted(peak, warmupSteps));
        }
    }

    private static void requireShare(double floorShare) {
        if (!(floorShare >= 0 && floorShare <= 1)) {
            throw new IllegalArgumentException(
                    "The floor is a share of the peak in [0, 1], but it is %s".formatted(floorShare));
        }
    }
}
