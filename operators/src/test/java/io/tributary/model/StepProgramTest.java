package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.model.BodyLayout.BodyTensor;
import io.tributary.model.NaiveDecoder.Gradients;
import io.tributary.model.NaiveDecoder.Parameters;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The step program against plain loops in double precision. */
class StepProgramTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void lossAndGradientsAreThoseOfPlainLoopsInDoublePrecision(long seed) {
        Problem problem = Problem.random(seed);
        Gradients expected = expected(problem);
        Gradients actual = actual(problem, Precision.FP32);

        assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-5 * expected.loss()));
        assertThat(worstTensor(problem, actual, expected)).isLessThan(1e-5);
    }

    /** bfloat16 has 8 bits of mantissa, so a product is off by up to 2^-8, and a gradient is a long chain of them. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void bf16StaysWithinOnePercentOfTheLossAndFiveOfTheGradient(long seed) {
        Problem problem = Problem.random(seed);
        Gradients expected = expected(problem);
        Gradients actual = actual(problem, Precision.BF16);

        assertThat(actual.loss()).isCloseTo(expected.loss(), within(0.01 * expected.loss()));
        for (int group = 0; group < 3; group++) {
            double[] exact = expected.parameters().groups()[group];
            assertThat(error(actual.parameters().groups()[group], exact, 0, exact.length))
                    .isLessThan(0.05);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void tenStepsAreThoseOfPlainLoopsInDoublePrecision(long seed) {
        Problem problem = Problem.random(seed);
        // With a tiny epsilon an update is the sign of the gradient, also where the gradient is but rounding error.
        AdamW adamW = new AdamW(0.9, 0.95, 1e-4, 0.1, 0.5);
        Parameters theta = problem.parameters();
        Parameters start = copy(theta);
        NaiveDecoder decoder = new NaiveDecoder(problem.shape());
        NaiveAdamW optimizer = new NaiveAdamW(adamW, theta);
        try (StepEngine engine = problem.open(Precision.FP32, adamW);
                Body body = problem.body(engine);
                SourceModel source = problem.source(engine)) {
            source.begin(body);
            for (int step = 1; step <= 10; step++) {
                double learningRate = 0.01 / step;
                Gradients gradients = decoder.lossAndGradients(theta, problem.tokensBT1(), problem.rows());
                StepResult result = source.step(problem.tokensBT1(), problem.rows(), learningRate);
                double norm = NaiveAdamW.norm(gradients.parameters());
                assertThat(result.loss()).isCloseTo(gradients.loss(), within(1e-5 * gradients.loss()));
                assertThat(result.gradientNorm()).isCloseTo(norm, within(1e-4 * norm));
                optimizer.update(theta, gradients.parameters(), learningRate);
            }
            assertThat(source.steps()).isEqualTo(10);
            assertThat(changes(source, body, start)).satisfies(changes -> {
                for (int group = 0; group < 3; group++) {
                    double[] expected = minus(theta.groups()[group], start.groups()[group]);
                    assertThat(error(changes.groups()[group], expected, 0, expected.length))
                            .isLessThan(1e-4);
                }
            });
        }
    }

    @Test
    void theArchiveHoldsThePlainTextOfTheProgram() throws IOException {
        List<String> names = new ArrayList<>();
        String code = "";
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(ProgramArchive.decoder()))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                names.add(entry.getName());
                assertThat(entry.getMethod()).isEqualTo(ZipEntry.STORED);
                if (entry.getName().endsWith(".py")) {
                    code = new String(zip.readAllBytes(), StandardCharsets.UTF_8);
                }
            }
        }
        assertThat(names)
                .containsExactly("step/data.pkl", "step/code/__torch__.py", "step/constants.pkl", "step/version");
        assertThat(code).contains("class Decoder(Module):", "def train_step(");
    }

    private static Gradients expected(Problem problem) {
        return new NaiveDecoder(problem.shape())
                .lossAndGradients(problem.parameters(), problem.tokensBT1(), problem.rows());
    }

    private static Gradients actual(Problem problem, Precision precision) {
        try (StepEngine engine = problem.open(precision, AdamW.defaults());
                Body body = problem.body(engine);
                SourceModel source = problem.source(engine)) {
            return problem.engineGradients(engine, source, body);
        }
    }

    /** The largest relative error of any tensor of the body, and of the two embeddings. */
    private static double worstTensor(Problem problem, Gradients actual, Gradients expected) {
        double worst = 0;
        double[] body = actual.parameters().body();
        double[] exact = expected.parameters().body();
        for (BodyTensor tensor : BodyLayout.of(problem.shape()).tensors()) {
            worst = Math.max(worst, error(body, exact, (int) tensor.offset(), (int) tensor.size()));
        }
        for (int group = 1; group < 3; group++) {
            double[] embedding = expected.parameters().groups()[group];
            worst = Math.max(worst, error(actual.parameters().groups()[group], embedding, 0, embedding.length));
        }
        return worst;
    }

    /** The norm of the difference over the norm of what is expected. */
    private static double error(double[] actual, double[] expected, int from, int length) {
        double difference = 0;
        double norm = 0;
        for (int i = from; i < from + length; i++) {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }
        return Math.sqrt(difference / norm);
    }

    private static Parameters copy(Parameters theta) {
        return new Parameters(
                theta.body().clone(), theta.tokens().clone(), theta.positions().clone());
    }

    private static Parameters changes(SourceModel source, Body body, Parameters start) {
        float[] delta = new float[start.body().length];
        float[] tokens = new float[start.tokens().length];
        float[] positions = new float[start.positions().length];
        source.delta(body, 0, delta);
        source.copyTokens(0, tokens);
        source.copyPositions(0, positions);
        return new Parameters(
                Problem.doubles(delta),
                minus(Problem.doubles(tokens), start.tokens()),
                minus(Problem.doubles(positions), start.positions()));
    }

    private static double[] minus(double[] a, double[] b) {
        double[] difference = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return difference;
    }
}
