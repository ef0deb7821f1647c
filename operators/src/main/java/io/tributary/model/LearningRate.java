package io.tributary.model;

import java.io.Serializable;

/**
 * A learning rate over the sequential steps of a whole run: linear warm-up, then half a cosine down to a floor, which it
 * keeps. Rounds do not restart it.
 *
 * @param peak the rate after the warm-up
 * @param warmupSteps steps of the warm-up; the last of them runs at the peak
 * @param horizonSteps the step that reaches the floor
 * @param floorShare the floor as a share of the peak
 */
public record LearningRate(double peak, long warmupSteps, long horizonSteps, double floorShare)
        implements Serializable {
    public LearningRate {
        if (!(peak > 0) || !(floorShare >= 0 && floorShare <= 1)) {
            throw new IllegalArgumentException(
                    "A learning rate wants a peak > 0 and a floor share in [0, 1], but they are %s and %s"
                            .formatted(peak, floorShare));
        }
        if (warmupSteps < 0 || horizonSteps <= warmupSteps) {
            throw new IllegalArgumentException("The horizon lies after the warm-up, but they are %d and %d steps"
                    .formatted(horizonSteps, warmupSteps));
        }
    }

    /** A schedule that ends at a tenth of its peak. */
    public static LearningRate cosine(double peak, long warmupSteps, long horizonSteps) {
        return new LearningRate(peak, warmupSteps, horizonSteps, 0.1);
    }

    /** A schedule that stays at its peak after the warm-up, for runs without a known end. */
    public static LearningRate constant(double peak, long warmupSteps) {
        return new LearningRate(peak, warmupSteps, Long.MAX_VALUE, 1);
    }

    /**
     * The rate of a step.
     *
     * @param step the sequential step, counted from 0
     */
    public double at(long step) {
        if (step < warmupSteps) {
            return peak * (step + 1) / warmupSteps;
        }
        double progress = Math.min(1, (double) (step - warmupSteps) / (horizonSteps - warmupSteps));
        // StrictMath, so that a resumed run sees the same bits on another JVM.
        return peak * (floorShare + (1 - floorShare) * 0.5 * (1 + StrictMath.cos(Math.PI * progress)));
    }
}
