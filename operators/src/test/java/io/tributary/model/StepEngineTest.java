package io.tributary.model;

import static io.tributary.model.SmallModel.BODY;
import static io.tributary.model.SmallModel.PIECES;
import static io.tributary.model.SmallModel.ROWS;
import static io.tributary.model.SmallModel.SHAPE;
import static io.tributary.model.SmallModel.SPEC;
import static io.tributary.model.SmallModel.base;
import static io.tributary.model.SmallModel.delta;
import static io.tributary.model.SmallModel.source;
import static io.tributary.model.SmallModel.state;
import static io.tributary.model.SmallModel.tokens;
import static io.tributary.model.SmallModel.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    private final StepEngine engine = SmallModel.open(SPEC);

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
        try (StepEngine own = SmallModel.open(precision, SPEC);
                SharedParameters body = base(own);
                SourceModel model = source(own, source)) {
            model.begin(body);
            ready.countDown();
            ready.await();
            for (int step = 0; step < 20; step++) {
                model.step(tokens(step), ROWS, 1e-3);
            }
            return delta(model, body, BODY);
        }
    }

    @Test
    void aModelLearnsItsBatchByHeart() {
        try (SharedParameters body = base(engine);
                SourceModel source = source(engine, "en")) {
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
        try (SharedParameters body = base(engine);
                SourceModel source = source(engine, "en")) {
            source.begin(body);
            double summed = source.evaluate(body, tokens(0), ROWS);
            StepResult result = source.step(tokens(0), ROWS, 0);

            int targets = ROWS * SHAPE.sequenceLength();
            assertThat(result.loss() * targets).isCloseTo(summed, within(1e-6 * summed));
            assertThat(delta(source, body, BODY)).containsOnly(0);
            assertThat(source.evaluate(body, tokens(0), ROWS)).isEqualTo(summed);
        }
    }

    @Test
    void aStepWhoseGradientIsNotFiniteChangesNothing() throws IOException {
        try (SharedParameters body = base(engine);
                SourceModel source = source(engine, "en")) {
            body.put(BODY, 5, new float[] {Float.POSITIVE_INFINITY});
            source.begin(body);
            byte[] before = state(source);

            assertThat(source.step(tokens(0), ROWS, 1e-3).applied()).isFalse();
            assertThat(state(source)).isEqualTo(before);
            assertThat(source.steps()).isZero();
        }
    }

    @Test
    void deltaIsTheWorkingBodyLessTheBaseInEverySlice() {
        try (SharedParameters body = base(engine);
                SourceModel source = source(engine, "en")) {
            source.begin(body);
            source.step(tokens(0), ROWS, 1e-3);
            float[] whole = delta(source, body, BODY);
            float[] slice = new float[777];
            source.delta(body, BODY, 1234, slice);

            assertThat(slice).isEqualTo(Arrays.copyOfRange(whole, 1234, 1234 + 777));
            // AdamW's first update is the learning rate at most, and nearly so where epsilon is small beside the root.
            double largest =
                    Arrays.stream(Problem.doubles(whole)).map(Math::abs).max().orElseThrow();
            assertThat(largest).isCloseTo(1e-3, within(1e-5));
            assertThatThrownBy(() -> source.delta(body, BODY, whole.length - 776, slice))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("not within the " + whole.length);
        }
    }

    @Test
    void theBodyStaysAsItIsWhileSourcesTrain() {
        try (SharedParameters body = base(engine);
                SourceModel source = source(engine, "en")) {
            float[] before = values(body, BODY);
            source.begin(body);
            source.step(tokens(0), ROWS, 1e-3);
            source.end();

            assertThat(values(body, BODY)).isEqualTo(before);
            assertThat(source.inRound()).isFalse();
        }
    }

    @Test
    void hundredsOfStepsLeaveNoArraysBehind() throws IOException {
        try (NDManager counting = engine.newManager();
                SharedParameters body = base(engine);
                SourceModel source = source(engine, "en")) {
            NDManager owner = counting.getParentManager();
            List<Integer> arrays = new ArrayList<>();
            for (int round = 0; round < 4; round++) {
                source.begin(body);
                for (int step = 0; step < 100; step++) {
                    source.step(tokens(step), ROWS, 1e-3);
                }
                source.evaluate(body, tokens(0), ROWS);
                delta(source, body, BODY);
                body.put(BODY, 0, values(body, BODY));
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
        try (SharedParameters body = base(engine);
                SourceModel source = source(engine, "en")) {
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
}
