package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.tributary.model.NaiveDecoder.Gradients;
import io.tributary.model.Problem.Layers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LanguageModelTest {
    private static final int LENGTH = 12;

    @ParameterizedTest
    @EnumSource(Layers.class)
    void logitsOfTokensReadOneByOneAreThoseOfPlainLoops(Layers layers) throws IOException {
        Problem problem = problem(layers);
        NaiveDecoder naive = new NaiveDecoder(problem.shape());
        try (LanguageModel model = load(problem);
                Decoding decoding = model.decoding()) {
            int[] ids = Arrays.copyOf(problem.tokensBT1(), LENGTH);
            for (int t = 0; t < LENGTH; t++) {
                double[] expected = naive.logits(problem.parameters(), Arrays.copyOf(ids, t + 1));
                assertClose(decoding.read(ids[t]), expected);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Layers.class)
    void tokensMayBeReadInPiecesOfAnyLength(Layers layers) throws IOException {
        Problem problem = problem(layers);
        int[] ids = Arrays.copyOf(problem.tokensBT1(), 9);
        double[] expected = new NaiveDecoder(problem.shape()).logits(problem.parameters(), ids);
        try (LanguageModel model = load(problem)) {
            for (int first = 1; first < ids.length; first++) {
                try (Decoding decoding = model.decoding()) {
                    decoding.read(Arrays.copyOf(ids, first));
                    assertClose(decoding.read(Arrays.copyOfRange(ids, first, ids.length)), expected);
                    assertThat(decoding.length()).isEqualTo(ids.length);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Layers.class)
    void whenTheContextIsFullTheOlderHalfIsForgotten(Layers layers) throws IOException {
        Problem problem = problem(layers);
        NaiveDecoder naive = new NaiveDecoder(problem.shape());
        Random random = new Random(5);
        List<Integer> window = new ArrayList<>();
        try (LanguageModel model = load(problem);
                Decoding decoding = model.decoding()) {
            for (int i = 0; i < 3 * LENGTH; i++) {
                int id = random.nextInt(problem.pieces());
                window.add(id);
                if (window.size() > LENGTH) {
                    window = new ArrayList<>(window.subList(window.size() - LENGTH / 2, window.size()));
                }
                double[] expected = naive.logits(problem.parameters(), ints(window));
                assertClose(decoding.read(id), expected);
                assertThat(decoding.length()).isEqualTo(window.size());
            }
        }
    }

    @Test
    void ofMoreTokensThanTheModelSeesTheLastCount() throws IOException {
        Problem problem = problem(Layers.LEARNED);
        int[] ids = Arrays.copyOf(problem.tokensBT1(), 2 * LENGTH);
        double[] expected = new NaiveDecoder(problem.shape())
                .logits(problem.parameters(), Arrays.copyOfRange(ids, LENGTH, 2 * LENGTH));
        try (LanguageModel model = load(problem);
                Decoding decoding = model.decoding()) {
            decoding.read(3);
            assertClose(decoding.read(ids), expected);
        }
    }

    @ParameterizedTest
    @EnumSource(Layers.class)
    void natsOfWholeAndOfShorterRowsAreThoseOfPlainLoops(Layers layers) throws IOException {
        Problem problem = problem(layers);
        int[] rows = problem.tokensBT1();
        try (LanguageModel model = load(problem)) {
            assertThat(model.nats(rows, problem.rows())).isCloseTo(nats(problem, rows, LENGTH), withinPercentage(1e-3));
            for (int length = 1; length < LENGTH; length++) {
                int[] row = Arrays.copyOf(rows, length + 1);
                assertThat(model.nats(row, 1)).isCloseTo(nats(problem, row, length), withinPercentage(1e-3));
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        Problem problem = problem(Layers.LLAMA);
        try (LanguageModel model = load(problem);
                Decoding decoding = model.decoding()) {
            assertThatThrownBy(() -> model.nats(new int[LENGTH + 2], 1))
                    .hasMessage("14 ids do not make 1 rows of 2 to 13 tokens");
            assertThatThrownBy(() -> model.nats(new int[] {0, 20}, 1))
                    .hasMessage("Token id 20 is not in a vocabulary of 20 pieces");
            assertThatThrownBy(() -> decoding.read(-1)).hasMessage("Token id -1 is not in a vocabulary of 20 pieces");
            assertThatThrownBy(decoding::read).hasMessage("There are no tokens to read");
        }
    }

    @Test
    void aTextIsWrittenOnTheSameWithTheSameSeed() throws IOException {
        Problem problem = problem(Layers.LLAMA_WITH_NORMS);
        try (LanguageModel model = load(problem)) {
            SamplingRules sampling = new SamplingRules(1, 0, 1);
            List<Integer> first = written(model, new Sampler(sampling, 1), 3 * LENGTH);
            assertThat(written(model, new Sampler(sampling, 1), 3 * LENGTH)).isEqualTo(first);
            assertThat(written(model, new Sampler(sampling, 2), 3 * LENGTH)).isNotEqualTo(first);
        }
    }

    @Test
    void withoutTemperatureEachTokenIsTheLikeliestOfPlainLoops() throws IOException {
        Problem problem = problem(Layers.ALIBI);
        try (LanguageModel model = load(problem)) {
            List<Integer> text = new ArrayList<>(List.of(1));
            for (int id : written(model, new Sampler(new SamplingRules(0, 0, 1), 9), LENGTH - 1)) {
                double[] logits = new NaiveDecoder(problem.shape()).logits(problem.parameters(), ints(text));
                assertThat(logits[id]).isEqualTo(Arrays.stream(logits).max().orElseThrow());
                text.add(id);
            }
        }
    }

    private static List<Integer> written(LanguageModel model, Sampler sampler, int tokens) {
        try (Decoding decoding = model.decoding()) {
            Generator generator = new Generator(decoding, sampler, new int[] {1});
            List<Integer> ids = new ArrayList<>();
            for (int i = 0; i < tokens; i++) {
                ids.add(generator.next());
            }
            return ids;
        }
    }

    private static double nats(Problem problem, int[] row, int length) {
        int rows = row.length / (length + 1);
        Gradients naive = new NaiveDecoder(problem.shape().withSequenceLength(length))
                .lossAndGradients(problem.parameters(), row, rows);
        return naive.loss() * rows * length;
    }

    private static Problem problem(Layers layers) {
        Random random = new Random(11);
        return Problem.of(random, new ModelShape(3, 24, 4, LENGTH, layers.architecture(random, 4)), 20, 3);
    }

    private static LanguageModel load(Problem problem) throws IOException {
        return LanguageModel.load(problem.shape(), problem.pieces(), (group, from, out) -> {
            double[] values = problem.parameters().groups()[group.tag()];
            System.arraycopy(Problem.floats(values), (int) from, out, 0, out.length);
        });
    }

    private static int[] ints(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    private static void assertClose(float[] logits, double[] expected) {
        assertThat(logits).hasSize(expected.length);
        for (int v = 0; v < expected.length; v++) {
            assertThat((double) logits[v]).isCloseTo(expected[v], within(1e-4));
        }
    }
}
