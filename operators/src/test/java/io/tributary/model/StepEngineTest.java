package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StepEngineTest {
    private static final ModelShape SHAPE = new ModelShape(2, 32, 4, 16);
    private static final int PIECES = 50;
    private static final int ROWS = 3;

    private final StepEngine engine = StepEngine.open(SHAPE, Precision.FP32, AdamW.defaults());

    @AfterEach
    void closeEngine() {
        engine.close();
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void enginesSideBySideComputeTheBitsOfEachAlone(Precision precision) throws Exception {
        List<float[]> alone = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            alone.add(train(precision, "source" + i, new CountDownLatch(0)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CountDownLatch together = new CountDownLatch(2);
            List<Future<float[]>> beside = IntStream.range(0, 2)
                    .mapToObj(i -> threads.submit(() -> train(precision, "source" + i, together)))
                    .toList();
            for (int i = 0; i < 2; i++) {
                assertThat(beside.get(i).get()).isEqualTo(alone.get(i));
            }
        } finally {
            threads.shutdown();
        }
        assertThat(alone.get(0)).isNotEqualTo(alone.get(1));
    }

    /** Trains a source in an engine of its own, once all others are ready, and returns what became of the body. */
    private static float[] train(Precision precision, String source, CountDownLatch ready) throws Exception {
        try (StepEngine own = StepEngine.open(SHAPE, precision, AdamW.defaults());
                Body body = body(own);
                SourceModel model = own.newSource(source, PIECES, 7)) {
            model.begin(body);
            ready.countDown();
            ready.await();
            for (int step = 0; step < 20; step++) {
                model.step(tokens(step), ROWS, 1e-3);
            }
            return delta(model, body);
        }
    }

    @Test
    void aModelLearnsItsBatchByHeart() {
        try (Body body = body(engine);
                SourceModel source = engine.newSource("en", PIECES, 1)) {
            source.begin(body);
            double first = source.step(tokens(0), ROWS, 1e-2).loss();
            for (int step = 0; step < 100; step++) {
                source.step(tokens(0), ROWS, 1e-2);
            }
            assertThat(first).isCloseTo(Math.log(PIECES), within(0.1));
            assertThat(source.step(tokens(0), ROWS, 1e-2).loss()).isLessThan(0.1);
        }
    }

    @Test
    void evaluationIsTheTrainingLossOfAllTargets() {
        try (Body body = body(engine);
                SourceModel source = engine.newSource("en", PIECES, 1)) {
            source.begin(body);
            double summed = source.evaluate(body, tokens(0), ROWS);
            StepResult result = source.step(tokens(0), ROWS, 0);

            int targets = ROWS * SHAPE.sequenceLength();
            assertThat(result.loss() * targets).isCloseTo(summed, within(1e-6 * summed));
            assertThat(delta(source, body)).containsOnly(0);
            assertThat(source.evaluate(body, tokens(0), ROWS)).isEqualTo(summed);
        }
    }

    @Test
    void aStepWhoseGradientIsNotFiniteChangesNothing() throws IOException {
        try (Body body = body(engine);
                SourceModel source = engine.newSource("en", PIECES, 1)) {
            body.put(5, new float[] {Float.POSITIVE_INFINITY});
            source.begin(body);
            byte[] before = state(source);

            assertThat(source.step(tokens(0), ROWS, 1e-3).applied()).isFalse();
            assertThat(state(source)).isEqualTo(before);
            assertThat(source.steps()).isZero();
        }
    }

    @Test
    void deltaIsTheWorkingBodyLessTheBaseInEverySlice() {
        try (Body body = body(engine);
                SourceModel source = engine.newSource("en", PIECES, 1)) {
            source.begin(body);
            source.step(tokens(0), ROWS, 1e-3);
            float[] whole = delta(source, body);
            float[] slice = new float[777];
            source.delta(body, 1234, slice);

            assertThat(slice).isEqualTo(Arrays.copyOfRange(whole, 1234, 1234 + 777));
            // AdamW's first update is the learning rate at most, and nearly so where epsilon is small beside the root.
            double largest =
                    Arrays.stream(Problem.doubles(whole)).map(Math::abs).max().orElseThrow();
            assertThat(largest).isCloseTo(1e-3, within(1e-5));
            assertThatThrownBy(() -> source.delta(body, whole.length - 776, slice))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("not within the " + whole.length);
        }
    }

    @Test
    void theBodyStaysAsItIsWhileSourcesTrain() {
        try (Body body = body(engine);
                SourceModel source = engine.newSource("en", PIECES, 1)) {
            float[] before = parameters(body);
            source.begin(body);
            source.step(tokens(0), ROWS, 1e-3);
            source.end();

            assertThat(parameters(body)).isEqualTo(before);
            assertThat(source.inRound()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aSourceReadBackGoesOnWithTheSameBits(Precision precision) throws IOException {
        try (StepEngine first = StepEngine.open(SHAPE, precision, AdamW.defaults());
                StepEngine second = StepEngine.open(SHAPE, precision, AdamW.defaults());
                Body body = body(first);
                Body sameBody = body(second);
                SourceModel source = first.newSource("en", PIECES, 1)) {
            source.begin(body);
            for (int step = 0; step < 5; step++) {
                source.step(tokens(step), ROWS, 1e-3);
            }
            try (SourceModel resumed = second.readSource(new ByteArrayInputStream(state(source)))) {
                assertThat(resumed.inRound()).isTrue();
                for (int step = 5; step < 8; step++) {
                    assertThat(resumed.step(tokens(step), ROWS, 1e-3)).isEqualTo(source.step(tokens(step), ROWS, 1e-3));
                }
                assertThat(delta(resumed, sameBody)).isEqualTo(delta(source, body));
                assertThat(state(resumed)).isEqualTo(state(source));
            }
        }
    }

    @Test
    void aSourceBetweenRoundsIsWrittenWithoutAWorkingBody() throws IOException {
        try (Body body = body(engine);
                SourceModel source = engine.newSource("en", PIECES, 1)) {
            int outside = state(source).length;
            source.begin(body);
            assertThat(state(source)).hasSize((int) (outside + Float.BYTES * SHAPE.bodyParameters()));
            source.step(tokens(0), ROWS, 1e-3);
            source.end();
            byte[] bytes = state(source);
            assertThat(bytes).hasSize(outside);

            ByteArrayInputStream twice = new ByteArrayInputStream(concatenate(bytes, bytes));
            for (int i = 0; i < 2; i++) {
                try (SourceModel read = engine.readSource(twice)) {
                    assertThat(read.inRound()).isFalse();
                    assertThat(read.name()).isEqualTo("en");
                    assertThat(read.pieces()).isEqualTo(PIECES);
                    assertThat(read.steps()).isEqualTo(1);
                    assertThat(state(read)).isEqualTo(bytes);
                }
            }
            assertThat(twice.available()).isZero();
        }
    }

    @Test
    void stateOfAnotherShapeIsRefusedWithBothShapes() throws IOException {
        ModelShape other = new ModelShape(1, 32, 4, 16);
        try (StepEngine otherEngine = StepEngine.open(other, Precision.FP32, AdamW.defaults());
                SourceModel source = otherEngine.newSource("en", PIECES, 1)) {
            byte[] bytes = state(source);
            assertThatThrownBy(() -> engine.readSource(new ByteArrayInputStream(bytes)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(other.toString())
                    .hasMessageContaining(SHAPE.toString());
        }
    }

    @Test
    void stateThatIsCutOffOrForeignIsRefused() throws IOException {
        try (SourceModel source = engine.newSource("en", PIECES, 1)) {
            byte[] bytes = state(source);
            byte[] half = Arrays.copyOf(bytes, bytes.length / 2);
            assertThatThrownBy(() -> engine.readSource(new ByteArrayInputStream(half)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("ends within a tensor");
            bytes[0]++;
            assertThatThrownBy(() -> engine.readSource(new ByteArrayInputStream(bytes)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not the state of a source");
        }
    }

    @Test
    void hundredsOfStepsLeaveNoArraysBehind() throws IOException {
        try (NDManager counting = engine.newManager();
                Body body = body(engine);
                SourceModel source = engine.newSource("en", PIECES, 1)) {
            NDManager owner = counting.getParentManager();
            List<Integer> arrays = new ArrayList<>();
            for (int round = 0; round < 4; round++) {
                source.begin(body);
                for (int step = 0; step < 100; step++) {
                    source.step(tokens(step), ROWS, 1e-3);
                }
                source.evaluate(body, tokens(0), ROWS);
                delta(source, body);
                body.put(0, parameters(body));
                state(source);
                arrays.add(owner.getManagedArrays().size());
                source.end();
            }
            // The source's ten tensors are among them.
            assertThat(arrays.get(0)).isGreaterThanOrEqualTo(10);
            assertThat(arrays).containsOnly(arrays.get(0));
        }
    }

    @Test
    void misuseIsRefusedByName() {
        try (Body body = body(engine);
                SourceModel source = engine.newSource("en", PIECES, 1)) {
            assertThatThrownBy(() -> source.step(tokens(0), ROWS, 1e-3))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("en is in no round");
            source.begin(body);
            assertThatThrownBy(() -> source.begin(body))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("en is in a round");
            assertThatThrownBy(() -> source.step(tokens(0), ROWS + 1, 1e-3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("do not make 4 rows of 17 tokens");
            int[] foreign = tokens(0);
            foreign[9] = PIECES;
            assertThatThrownBy(() -> source.step(foreign, ROWS, 1e-3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Token id 50 is not in a vocabulary of 50 pieces");
        }
    }

    private static Body body(StepEngine engine) {
        Body body = engine.newBody(0);
        float[] slice = new float[1000];
        for (long from = 0; from < body.parameters(); from += slice.length) {
            float[] part = new float[(int) Math.min(slice.length, body.parameters() - from)];
            Initializer.body(SHAPE, 3, from, part);
            body.put(from, part);
        }
        return body;
    }

    private static int[] tokens(int seed) {
        return new Random(seed)
                .ints(ROWS * (SHAPE.sequenceLength() + 1L), 0, PIECES)
                .toArray();
    }

    private static float[] parameters(Body body) {
        float[] parameters = new float[(int) body.parameters()];
        body.copy(0, parameters);
        return parameters;
    }

    private static float[] delta(SourceModel source, Body body) {
        float[] delta = new float[(int) body.parameters()];
        source.delta(body, 0, delta);
        return delta;
    }

    private static byte[] state(SourceModel source) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        source.write(out);
        return out.toByteArray();
    }

    private static byte[] concatenate(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
