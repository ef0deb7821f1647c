package io.tributary.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.record.SourceId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MixtureTest {
    @Test
    void stepsAddUpAndEverySourceHasAtLeastOneWhateverTheSizes() {
        Random random = new Random(1);
        for (int run = 0; run < 2_000; run++) {
            Mixture mixture = new Mixture(random.nextInt(11) / 10.0, randomSizes(random, 1 + random.nextInt(12)));
            List<SourceId> sources = sources(mixture.sizes().size());
            int roundSteps = sources.size() + random.nextInt(random.nextBoolean() ? 5 : 1_000);

            Map<SourceId, Integer> steps = mixture.steps(sources, roundSteps);

            assertThat(steps).containsOnlyKeys(sources);
            assertThat(steps.values()).allMatch(each -> each >= 1);
            assertThat(steps.values().stream().mapToInt(Integer::intValue).sum())
                    .isEqualTo(roundSteps);
        }
    }

    @Test
    void theOrderInWhichSourcesAreNamedDoesNotMatter() {
        Random random = new Random(2);
        for (int run = 0; run < 2_000; run++) {
            Mixture mixture = new Mixture(random.nextInt(11) / 10.0, randomSizes(random, 2 + random.nextInt(8)));
            List<SourceId> sources = new ArrayList<>(sources(mixture.sizes().size()));
            int roundSteps = sources.size() + random.nextInt(300);
            Map<SourceId, Integer> steps = mixture.steps(sources, roundSteps);

            Collections.shuffle(sources, random);
            assertThat(mixture.steps(sources, roundSteps)).isEqualTo(steps);
        }
    }

    @Test
    void withTauZeroAllSourcesHaveTheSame() {
        Mixture mixture = new Mixture(0, Map.of("s0", 1e9, "s1", 1.0, "s2", 1e-9));

        assertThat(mixture.steps(sources(3), 12).values()).containsOnly(4);
        assertThat(mixture.steps(sources(3), 14).values()).containsExactlyInAnyOrder(5, 5, 4);
    }

    @Test
    void withTauOneSourcesHaveStepsInProportionToTheirSizes() {
        Mixture mixture = new Mixture(1, Map.of("s0", 5.0, "s1", 15.0, "s2", 80.0));

        assertThat(mixture.steps(sources(3), 100))
                .containsExactlyInAnyOrderEntriesOf(byName(Map.of("s0", 5, "s1", 15, "s2", 80)));
        assertThat(mixture.steps(sources(3), 20))
                .containsExactlyInAnyOrderEntriesOf(byName(Map.of("s0", 1, "s1", 3, "s2", 16)));
    }

    @Test
    void theShareOfEverySourceIsMetWithinAStepWhereNoneIsTooSmall() {
        Map<String, Double> sizes = Map.of("s0", 3.0, "s1", 11.0, "s2", 41.0, "s3", 153.0);
        for (double tau : new double[] {0, 0.3, 0.7, 1}) {
            double sum = sizes.values().stream()
                    .mapToDouble(size -> Math.pow(size, tau))
                    .sum();
            Map<SourceId, Integer> steps = new Mixture(tau, sizes).steps(sources(4), 500);
            steps.forEach((source, each) -> assertThat((double) each)
                    .isCloseTo(500 * Math.pow(sizes.getOrDefault(source.name(), 0.0), tau) / sum, within(1.0)));
        }
    }

    @Test
    void aSourceThatIsTooSmallForAStepHasOneAllTheSame() {
        Mixture mixture = new Mixture(1, Map.of("s0", 1.0, "s1", 1e6));

        assertThat(mixture.steps(sources(2), 10)).isEqualTo(byName(Map.of("s0", 1, "s1", 9)));
        assertThat(mixture.steps(sources(2), 2)).isEqualTo(byName(Map.of("s0", 1, "s1", 1)));
    }

    @Test
    void aSourceWithoutASizeHasTheSizeOne() {
        Mixture mixture = new Mixture(1, Map.of("s1", 3.0));

        assertThat(mixture.steps(sources(2), 8)).isEqualTo(byName(Map.of("s0", 2, "s1", 6)));
    }

    @Test
    void whatIsNoMixtureIsRefused() {
        assertThatThrownBy(() -> new Mixture(-0.1, Map.of())).hasMessageContaining("-0.1");
        assertThatThrownBy(() -> new Mixture(1.1, Map.of())).hasMessageContaining("1.1");
        assertThatThrownBy(() -> new Mixture(Double.NaN, Map.of())).hasMessageContaining("NaN");
        for (double size : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new Mixture(1, Map.of("s0", size))).hasMessageContaining("s0=" + size);
        }
        assertThatThrownBy(() -> new Mixture(1, Map.of()).steps(sources(3), 2)).hasMessageContaining("2 steps");
        assertThatThrownBy(() -> new Mixture(1, Map.of()).steps(List.of(), 2)).hasMessageContaining("0 sources");
    }

    private static Map<String, Double> randomSizes(Random random, int sources) {
        Map<String, Double> sizes = new HashMap<>();
        for (int i = 0; i < sources; i++) {
            sizes.put("s" + i, random.nextBoolean() ? 1.0 + random.nextInt(9) : Math.exp(20 * random.nextGaussian()));
        }
        return sizes;
    }

    private static List<SourceId> sources(int count) {
        return IntStream.range(0, count).mapToObj(i -> new SourceId("s" + i, i)).toList();
    }

    private static Map<SourceId, Integer> byName(Map<String, Integer> steps) {
        Map<SourceId, Integer> byName = new HashMap<>();
        steps.forEach((name, each) -> byName.put(new SourceId(name, Integer.parseInt(name.substring(1))), each));
        return byName;
    }
}
