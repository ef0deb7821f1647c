package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.tributary.model.BodyLayout.BodyTensor;
import io.tributary.model.NaiveDecoder.Gradients;
import io.tributary.model.NaiveDecoder.Parameters;
import io.tributary.model.Problem.Layers;
import io.tributary.record.ParameterGroup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The step program against plain loops in double precision. */
class StepProgramTest {

    @ParameterizedTest
    @MethodSource("problems")
    void lossAndGradientsAreThoseOfPlainLoopsInDoublePrecision(long seed, Layers layers) {
        assertGradients(Problem.random(seed, layers));
    }

    /** Twelve heads are not a power of two, and the fused attention walks through so long a row block by block. */
    @ParameterizedTest
    @EnumSource(Layers.class)
    void gradientsOfManyHeadsAndLongRowsAreThoseOfPlainLoops(Layers layers) {
        Random random = new Random(1);
        ModelShape shape = new ModelShape(1, 48, 12, 600, layers.architecture(random, 12));
        assertGradients(Problem.of(random, shape, 11, 1));
    }

    private static void assertGradients(Problem problem) {
        Gradients expected = expected(problem);
        Gradients actual = actual(problem, Precision.FP32);

        assertThat(actual.loss()).isCloseTo(expected.loss(), within(1e-5 * expected.loss()));
        assertThat(worstTensor(problem, actual, expected)).isLessThan(1e-5);
    }

    /** Of the paper's figure for 8 heads, and of its text for 16. */
    /** Three rows in turns of two and of one; logits of one target at a time would be the same. */
    @ParameterizedTest
    @EnumSource(Layers.class)
    void gradientsOfRowsInTurnsAddUpToThoseOfPlainLoops(Layers layers) {
        Random random = new Random(3);
        Problem problem = Problem.of(random, new ModelShape(2, 16, 2, 9, layers.architecture(random, 2)), 20, 3);
        for (Precision precision : Precision.values()) {
            Computing inTurns = new Computing(Device.cpu(), precision, 2);
            double share = precision == Precision.FP32 ? 1e-5 : 0.05;
            try (StepEngine engine = StepEngine.open(problem.shape(), inTurns, AdamW.defaults(), SmallModel.SPEC);
                    SharedParameters body = problem.body(engine);
                    SourceModel source = problem.source(engine)) {
                Gradients expected = expected(problem);
                Gradients actual = problem.engineGradients(engine, source, body);
                assertThat(actual.loss()).isCloseTo(expected.loss(), within(share * expected.loss()));
                for (int group = 0; group < groups(problem); group++) {
                    double[] exact = expected.parameters().groups()[group];
                    assertThat(error(actual.parameters().groups()[group], exact, 0, exact.length))
                            .isLessThan(share);
                }
                double nats = source.evaluate(body, problem.tokensBT1(), problem.rows());
                int targets = problem.rows() * problem.shape().sequenceLength();
                assertThat(nats / targets).isCloseTo(expected.loss(), within(share * expected.loss()));
            }
        }
    }

    @Test
    void slopesOfTheOracleAreThoseOfThePaper() {
        assertThat(IntStream.range(0, 8).mapToDouble(head -> NaiveDecoder.slope(head, 8)))
                .containsExactly(1 / 2.0, 1 / 4.0, 1 / 8.0, 1 / 16.0, 1 / 32.0, 1 / 64.0, 1 / 128.0, 1 / 256.0);
        assertThat(NaiveDecoder.slope(0, 16)).isCloseTo(Math.sqrt(0.5), within(1e-15));
        assertThat(NaiveDecoder.slope(1, 16)).isEqualTo(0.5);
        assertThat(NaiveDecoder.slope(7, 12)).isEqualTo(1 / 256.0);
        assertThat(NaiveDecoder.slope(8, 12)).isEqualTo(NaiveDecoder.slope(0, 16));
        assertThat(NaiveDecoder.slope(11, 12)).isEqualTo(NaiveDecoder.slope(6, 16));
    }

    static Stream<Arguments> problems() {
        return Arrays.stream(Layers.values())
                .flatMap(layers -> LongStream.rangeClosed(1, 12).mapToObj(seed -> Arguments.of(seed, layers)));
    }

    /** bfloat16 has 8 bits of mantissa, so a product is off by up to 2^-8, and a gradient is a long chain of them. */
    @ParameterizedTest
    @MethodSource("problems")
    void bf16StaysWithinOnePercentOfTheLossAndFiveOfTheGradient(long seed, Layers layers) {
        Problem problem = Problem.random(seed, layers);
        Gradients expected = expected(problem);
        Gradients actual = actual(problem, Precision.BF16);

        assertThat(actual.loss()).isCloseTo(expected.loss(), within(0.01 * expected.loss()));
        for (int group = 0; group < groups(problem); group++) {
            double[] exact = expected.parameters().groups()[group];
            assertThat(error(actual.parameters().groups()[group], exact, 0, exact.length))
                    .isLessThan(0.05);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "21, LEARNED",
        "22, LEARNED",
        "23, LEARNED",
        "24, LEARNED",
        "21, ALIBI",
        "22, ALIBI",
        "21, NONE",
        "21, LLAMA",
        "22, LLAMA",
        "21, LLAMA_WITH_NORMS",
        "22, LLAMA_WITH_NORMS"
    })
    void tenStepsAreThoseOfPlainLoopsInDoublePrecision(long seed, Layers layers) {
        Problem problem = Problem.random(seed, layers);
        // With a tiny epsilon an update is the sign of the gradient, also where the gradient is but rounding error.
        AdamW adamW = new AdamW(0.9, 0.95, 1e-4, 0.1, 0.5);
        Parameters theta = problem.parameters();
        Parameters start = copy(theta);
        NaiveDecoder decoder = new NaiveDecoder(problem.shape());
        NaiveAdamW optimizer = new NaiveAdamW(adamW, theta);
        try (StepEngine engine = problem.open(Precision.FP32, adamW);
                SharedParameters body = problem.body(engine);
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
                for (int group = 0; group < groups(problem); group++) {
                    double[] expected = minus(theta.groups()[group], start.groups()[group]);
                    assertThat(error(changes.groups()[group], expected, 0, expected.length))
                            .isLessThan(1e-4);
                }
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"LEARNED, FP32, 1e-4", "LLAMA, FP32, 1e-4", "LEARNED, BF16, 0.01", "LLAMA_WITH_NORMS, BF16, 0.01"})
    void lossesOfFiftyStepsAreThoseOfPlainLoopsInDoublePrecision(Layers layers, Precision precision, double share) {
        Random random = new Random(7);
        ModelShape shape = new ModelShape(2, 24, 2, 12, layers.architecture(random, 2));
        AdamW adamW = AdamW.defaults();
        Problem problem = Problem.of(random, shape, 30, 3);
        Parameters theta = problem.parameters();
        NaiveDecoder decoder = new NaiveDecoder(shape);
        NaiveAdamW optimizer = new NaiveAdamW(adamW, theta);
        try (StepEngine engine = problem.open(precision, adamW);
                SharedParameters body = problem.body(engine);
                SourceModel source = problem.source(engine)) {
            source.begin(body);
            double first = 0;
            double last = 0;
            for (int step = 0; step < 50; step++) {
                // Text that can be learnt: each token is the one before plus the row's number.
                int[] tokens = new int[problem.rows() * (shape.sequenceLength() + 1)];
                for (int i = 0; i < tokens.length; i++) {
                    int row = i / (shape.sequenceLength() + 1);
                    tokens[i] = (step + (row + 1) * i) % problem.pieces();
                }
                Gradients gradients = decoder.lossAndGradients(theta, tokens, problem.rows());
                last = source.step(tokens, problem.rows(), 2e-3).loss();
                first = step == 0 ? last : first;
                assertThat(last).as("step %d", step).isCloseTo(gradients.loss(), within(share * gradients.loss()));
                optimizer.update(theta, gradients.parameters(), 2e-3);
            }
            assertThat(last).isLessThan(0.7 * first);
        }
    }

    @Test
    void theArchiveHoldsThePlainTextOfTheProgram() throws IOException {
        List<String> names = new ArrayList<>();
        String code = "";
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(
                ProgramArchive.of("Decoder", List.of("step.torchscript", "gpt2.torchscript"))))) {
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
        assertThat(code).contains("class Decoder(Module):", "def train_step(", "def body(");
    }

    private static Gradients expected(Problem problem) {
        return new NaiveDecoder(problem.shape())
                .lossAndGradients(problem.parameters(), problem.tokensBT1(), problem.rows());
    }

    private static Gradients actual(Problem problem, Precision precision) {
        try (StepEngine engine = problem.open(precision, AdamW.defaults());
                SharedParameters body = problem.body(engine);
                SourceModel source = problem.source(engine)) {
            return problem.engineGradients(engine, source, body);
        }
    }

    /** Body and tokens, and positions where they are learned. */
    private static int groups(Problem problem) {
        return problem.shape().learnsPositions() ? 3 : 2;
    }

    /** The largest relative error of any tensor of the body, and of the embeddings. */
    private static double worstTensor(Problem problem, Gradients actual, Gradients expected) {
        double worst = 0;
        double[] body = actual.parameters().body();
        double[] exact = expected.parameters().body();
        for (BodyTensor tensor : BodyLayout.of(problem.shape()).tensors()) {
            worst = Math.max(worst, error(body, exact, (int) tensor.offset(), (int) tensor.size()));
        }
        for (int group = 1; group < groups(problem); group++) {
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

    private static Parameters changes(SourceModel source, SharedParameters body, Parameters start) {
        float[] delta = new float[start.body().length];
        float[] tokens = new float[start.tokens().length];
        float[] positions = new float[start.positions().length];
        source.delta(body, SmallModel.BODY, 0, delta);
        source.copy(ParameterGroup.TOKENS, 0, tokens);
        if (positions.length > 0) {
            source.copy(ParameterGroup.POSITIONS, 0, positions);
        }
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
