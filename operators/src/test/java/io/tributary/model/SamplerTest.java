package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
    /** Probabilities 0.1, 0.4, 0.05, 0.3 and 0.15. */
    private static final float[] LOGITS = logits(0.1, 0.4, 0.05, 0.3, 0.15);

    private static final int DRAWS = 40_000;

    @Test
    void idsComeAsOftenAsTheyAreLikely() {
        assertShares(new SamplingRules(1, 0, 1), 0.1, 0.4, 0.05, 0.3, 0.15);
    }

    /** p^(1/2) and p^2, over their sums. */
    @Test
    void aTemperatureFlattensOrSharpens() {
        double roots = Math.sqrt(0.1) + Math.sqrt(0.4) + Math.sqrt(0.05) + Math.sqrt(0.3) + Math.sqrt(0.15);
        assertShares(
                new SamplingRules(2, 0, 1),
                Math.sqrt(0.1) / roots,
                Math.sqrt(0.4) / roots,
                Math.sqrt(0.05) / roots,
                Math.sqrt(0.3) / roots,
                Math.sqrt(0.15) / roots);
        double sum = 0.01 + 0.16 + 0.0025 + 0.09 + 0.0225;
        assertShares(new SamplingRules(0.5, 0, 1), 0.01 / sum, 0.16 / sum, 0.0025 / sum, 0.09 / sum, 0.0225 / sum);
    }

    @Test
    void onlyTheLikeliestKAreChosenFrom() {
        assertShares(new SamplingRules(1, 2, 1), 0, 4 / 7.0, 0, 3 / 7.0, 0);
        assertShares(new SamplingRules(1, 99, 1), 0.1, 0.4, 0.05, 0.3, 0.15);
    }

    @Test
    void onlyTheFewestLikeliestThatReachAProbabilityAreChosenFrom() {
        assertShares(new SamplingRules(1, 0, 0.39), 0, 1, 0, 0, 0);
        assertShares(new SamplingRules(1, 0, 0.41), 0, 4 / 7.0, 0, 3 / 7.0, 0);
        assertShares(new SamplingRules(1, 0, 0.84), 0, 0.4 / 0.85, 0, 0.3 / 0.85, 0.15 / 0.85);
    }

    /** Of the two that top-k leaves, one alone has 4/7. */
    @Test
    void theNucleusIsOneOfWhatTopKLeaves() {
        assertShares(new SamplingRules(1, 2, 0.57), 0, 1, 0, 0, 0);
        assertShares(new SamplingRules(1, 2, 0.58), 0, 4 / 7.0, 0, 3 / 7.0, 0);
    }

    @Test
    void withoutTemperatureTheLikeliestIsTakenAndOfEqualOnesTheFirst() {
        Sampler sampler = new Sampler(new SamplingRules(0, 0, 1), 1);
        assertThat(sampler.next(LOGITS)).isEqualTo(1);
        assertThat(sampler.next(new float[] {-3, 2, -0f, 2})).isEqualTo(1);
        assertThat(sampler.next(new float[] {Float.NEGATIVE_INFINITY, -7})).isEqualTo(1);
    }

    @Test
    void sortingKnowsTheSignsOfLogits() {
        float[] logits = {-1, 3, -0f, 0, -8, Float.NEGATIVE_INFINITY, 1e-30f};
        int[] counts = counts(new SamplingRules(1e9, 5, 1), logits);
        assertThat(IntStream.range(0, 7).filter(id -> counts[id] > 0)).containsExactly(0, 1, 2, 3, 6);
    }

    @Test
    void smallTemperaturesDoNotOverflow() {
        assertThat(new Sampler(new SamplingRules(1e-300, 0, 1), 1).next(new float[] {1e30f, 3e38f, -3e38f}))
                .isEqualTo(1);
    }

    @Test
    void equalSeedsChooseEqually() {
        Random random = new Random(3);
        float[] logits = new float[1000];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian();
        }
        SamplingRules sampling = new SamplingRules(0.8, 40, 0.9);
        assertThat(draws(sampling, 7, logits)).isEqualTo(draws(sampling, 7, logits));
        assertThat(draws(sampling, 8, logits)).isNotEqualTo(draws(sampling, 7, logits));
    }

    /** Its first numbers for the seed 0 are 0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4 and 0x06C45D188009454F. */
    @Test
    void theGeneratorIsSplitMix64() {
        float[] even = new float[256];
        Sampler sampler = new Sampler(new SamplingRules(1, 0, 1), 0);
        assertThat(IntStream.range(0, 3).map(i -> sampler.next(even))).containsExactly(0xE2, 0x6E, 0x06);
    }

    @Test
    void aModelThatHasDivergedIsNotSampled() {
        Sampler sampler = new Sampler(new SamplingRules(1, 0, 1), 1);
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> sampler.next(new float[] {1, bad, 2}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("diverged");
        }
    }

    @Test
    void rulesAreChecked() {
        assertThatThrownBy(() -> new SamplingRules(-0.1, 0, 1)).hasMessage("A temperature is 0 or more, not -0.1");
        assertThatThrownBy(() -> new SamplingRules(Double.NaN, 0, 1)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new SamplingRules(1, -1, 1)).hasMessageContaining("not -1");
        assertThatThrownBy(() -> new SamplingRules(1, 0, 0)).hasMessageContaining("(0, 1], not 0.0");
        assertThatThrownBy(() -> new SamplingRules(1, 0, 1.1)).hasMessageContaining("not 1.1");
    }

    private static void assertShares(SamplingRules sampling, double... shares) {
        int[] counts = counts(sampling, LOGITS);
        for (int id = 0; id < counts.length; id++) {
            // Four standard deviations of the largest of them.
            assertThat(counts[id] / (double) DRAWS).as("of id %d", id).isCloseTo(shares[id], within(0.01));
            assertThat(counts[id] == 0).as("id %d", id).isEqualTo(shares[id] == 0);
        }
    }

    private static int[] counts(SamplingRules sampling, float[] logits) {
        Sampler sampler = new Sampler(sampling, 1);
        int[] counts = new int[logits.length];
        for (int i = 0; i < DRAWS; i++) {
            counts[sampler.next(logits)]++;
        }
        return counts;
    }

    private static int[] draws(SamplingRules sampling, long seed, float[] logits) {
        Sampler sampler = new Sampler(sampling, seed);
        return IntStream.range(0, 20).map(i -> sampler.next(logits)).toArray();
    }

    private static float[] logits(double... probabilities) {
        float[] logits = new float[probabilities.length];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) Math.log(probabilities[i]);
        }
        return logits;
    }
}
