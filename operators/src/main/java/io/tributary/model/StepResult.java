package io.tributary.model;

/**
 * What a training step reports.
 *
 * @param loss mean over the targets, nats per token, before the update
 * @param gradientNorm global norm of the gradient before clipping
 */
public record StepResult(double loss, double gradientNorm) {

    /** Whether the step changed the model; one whose gradient is not finite leaves everything as it was. */
    public boolean applied() {
        return Double.isFinite(gradientNorm);
    }
}
