package io.tributary.model;

import io.tributary.model.NaiveDecoder.Parameters;

/** AdamW after clipping by the global norm, in double precision and plain loops. */
final class NaiveAdamW {
    private final AdamW settings;
    private final Parameters first;
    private final Parameters second;
    private int step;

    NaiveAdamW(AdamW settings, Parameters like) {
        this.settings = settings;
        this.first = like.zeros();
        this.second = like.zeros();
    }

    static double norm(Parameters gradient) {
        double squares = 0;
        for (double[] group : gradient.groups()) {
            for (double g : group) {
                squares += g * g;
            }
        }
        return Math.sqrt(squares);
    }

    void update(Parameters theta, Parameters gradient, double learningRate) {
        step++;
        double scale = Math.min(1, settings.clip() / norm(gradient));
        for (int group = 0; group < 3; group++) {
            double[] p = theta.groups()[group];
            double[] m = first.groups()[group];
            double[] v = second.groups()[group];
            for (int i = 0; i < p.length; i++) {
                double g = scale * gradient.groups()[group][i];
                m[i] = settings.beta1() * m[i] + (1 - settings.beta1()) * g;
                v[i] = settings.beta2() * v[i] + (1 - settings.beta2()) * g * g;
                double mean = m[i] / (1 - Math.pow(settings.beta1(), step));
                double root = Math.sqrt(v[i] / (1 - Math.pow(settings.beta2(), step)));
                p[i] -= learningRate * (mean / (root + settings.epsilon()) + settings.weightDecay() * p[i]);
            }
        }
    }
}
