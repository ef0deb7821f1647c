package io.tributary.model;

import java.io.Serializable;

/**
 * The inner optimizer: AdamW (arXiv 1711.05101) after clipping by the global norm of the gradient.
 *
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param weightDecay decoupled, of all parameters alike: biases and layer norms lie in the same flat body
 * @param clip the largest global norm that a gradient keeps
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay, double clip)
        implements Serializable {
    public AdamW {
        requireDecay("beta1", beta1);
        requireDecay("beta2", beta2);
        if (!(epsilon > 0) || !(weightDecay >= 0) || !(clip > 0)) {
            throw new IllegalArgumentException(
                    "AdamW wants epsilon > 0, weight decay >= 0 and clip > 0, but they are %s, %s and %s"
                            .formatted(epsilon, weightDecay, clip));
        }
    }

    /** The settings of DEPT (arXiv 2410.05021): betas 0.9 and 0.95, epsilon 1e-8, no weight decay, clip 1. */
    public static AdamW defaults() {
        return new AdamW(0.9, 0.95, 1e-8, 0, 1);
    }

    private static void requireDecay(String name, double beta) {
        if (!(beta >= 0 && beta < 1)) {
            throw new IllegalArgumentException("%s lies in [0, 1), but it is %s".formatted(name, beta));
        }
    }
}
