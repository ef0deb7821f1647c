package io.tributary.model;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Chooses tokens by {@link SamplingRules}'s rules. Equal logits and seeds give equal tokens on every JVM: the generator is
 * SplitMix64, as for initial values, whose numbers no library's next version changes, and the exponential is StrictMath's.
 *
 * <p>A choice costs O(V), and a sort of the V logits where not all may be chosen.
 */
public final class Sampler {
    private final SamplingRules rules;
    private long state;

    public Sampler(SamplingRules rules, long seed) {
        this.rules = rules;
        this.state = seed;
    }

    /** One whose choices are those of a stream of its own: the same for equal seeds and names, independent for others. */
    public static Sampler of(SamplingRules rules, long seed, String stream) {
        return new Sampler(rules, Initializer.key(seed, stream));
    }

    /**
     * Chooses an id in {@code 0..V-1}.
     *
     * @throws IllegalArgumentException if the largest logit is not a finite number: the model has diverged
     */
    public int next(float[] logitsV) {
        int best = best(logitsV);
        if (rules.temperature() == 0) {
            return best;
        }
        double u = uniform();
        int[] ids = candidates(logitsV);
        double[] weights = new double[ids.length];
        double total = 0;
        for (int i = 0; i < ids.length; i++) {
            // Of the difference: the largest weight is 1 whatever the temperature.
            weights[i] = StrictMath.exp(((double) logitsV[ids[i]] - logitsV[best]) / rules.temperature());
            total += weights[i];
        }
        double nucleus = rules.topP() < 1 ? nucleus(weights, total) : total;
        double sum = 0;
        int chosen = best;
        for (int i = 0; i < ids.length && sum <= u * nucleus; i++) {
            sum += weights[i];
            chosen = ids[i];
        }
        return chosen;
    }

    /** The likeliest, of equal ones the first. */
    private static int best(float[] logitsV) {
        int best = 0;
        for (int id = 1; id < logitsV.length; id++) {
            if (logitsV[id] > logitsV[best] || Float.isNaN(logitsV[id])) {
                best = id;
            }
        }
        if (!Float.isFinite(logitsV[best])) {
            throw new IllegalArgumentException(
                    "The model gives a logit of %s: it has diverged in training, take an earlier snapshot"
                            .formatted(logitsV[best]));
        }
        return best;
    }

    /** Those that may be chosen before probabilities are looked at, the likeliest first where any may not. */
    private int[] candidates(float[] logitsV) {
        int size = logitsV.length;
        int count = rules.topK() == 0 ? size : Math.min(size, rules.topK());
        if (count == size && rules.topP() == 1) {
            return IntStream.range(0, size).toArray();
        }
        long[] keys = new long[size];
        for (int id = 0; id < size; id++) {
            keys[id] = (descending(logitsV[id]) << Integer.SIZE) | id;
        }
        Arrays.sort(keys);
        return Arrays.stream(keys, 0, count).mapToInt(key -> (int) key).toArray();
    }

    /** A number that is the smaller the larger the logit: floats sort as their bits do, negative ones the other way. */
    private static long descending(float logit) {
        int bits = Float.floatToIntBits(logit + 0f); // which makes -0 the same as 0
        return bits < 0 ? bits & Integer.MAX_VALUE : ~bits;
    }

    /** The weight of the fewest likeliest that have their share of the total. */
    private double nucleus(double[] weights, double total) {
        double sum = 0;
        for (int i = 0; i < weights.length && sum < rules.topP() * total; i++) {
            sum += weights[i];
        }
        return sum;
    }

    /** In [0, 1), of 53 bits. */
    private double uniform() {
        state += Initializer.GOLDEN_GAMMA;
        return (Initializer.mix(state) >>> 11) * 0x1p-53;
    }
}
