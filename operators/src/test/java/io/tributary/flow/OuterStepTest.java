package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.merge.InnerState;
import io.tributary.merge.Merging;
import io.tributary.merge.OuterOptimizer;
import io.tributary.merge.Weighting;
import io.tributary.model.Initializer;
import io.tributary.model.ModelShape;
import io.tributary.record.Downstream;
import io.tributary.record.Downstream.SharedShard;
import io.tributary.record.ParameterGroup;
import io.tributary.record.ShardId;
import io.tributary.record.TensorId;
import io.tributary.record.Variant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("try") // Flink's harness declares that close() throws any exception
class OuterStepTest {
    private static final ModelShape SHAPE = new ModelShape(1, 8, 1, 8);
    private static final ShardId SHARD = new ShardId(TensorId.parameters(ParameterGroup.BODY), 2);
    private static final long SEED = 5;

    @Test
    void theFirstBodyIsTheInitialOneAndGoesOutOnceAllHaveAsked() throws Exception {
        try (var outer = harness(2)) {
            outer.open();
            outer.askForAll(SHARD, 0, 0);
            outer.askForAll(SHARD, 0, 0);
            assertThat(outer.extractOutputValues()).isEmpty();

            outer.askForAll(SHARD, 1, 0);

            assertThat(outer.extractOutputValues()).singleElement().satisfies(record -> {
                SharedShard shard = (SharedShard) record;
                assertThat(shard.round()).isZero();
                assertThat(shard.values()).isEqualTo(initial());
            });
        }
    }

    @Test
    void aRepeatedRequestIsAnsweredAtOnce() throws Exception {
        try (var outer = harness(2)) {
            outer.open();
            outer.askForAll(SHARD, 1, 1);

            assertThat(outer.extractOutputValues()).hasSize(1);
        }
    }

    @Test
    void aMergedUpdateMakesTheNextBodyAndSurvivesARestore() throws Exception {
        float[] delta = new float[100];
        for (int i = 0; i < delta.length; i++) {
            delta[i] = i / 64f;
        }
        OperatorSubtaskState state;
        try (var outer = harness(1)) {
            outer.open();
            outer.merge(SHARD, 0, new int[] {0}, delta);
            state = outer.snapshot(1, 1);
        }
        try (var outer = harness(1)) {
            outer.initializeState(state);
            outer.open();
            outer.askForAll(SHARD, 0, 0);

            List<Downstream> out = outer.extractOutputValues();
            float[] expected = initial();
            for (int i = 0; i < expected.length; i++) {
                expected[i] += delta[i];
            }
            assertThat(out).singleElement().satisfies(record -> {
                assertThat(((SharedShard) record).round()).isEqualTo(1);
                assertThat(((SharedShard) record).values()).isEqualTo(expected);
            });
        }
    }

    static Stream<OuterOptimizer> optimizersWithMomentum() {
        return Stream.of(OuterOptimizer.Nesterov.defaults(), OuterOptimizer.FedAdam.defaults());
    }

    @ParameterizedTest
    @MethodSource("optimizersWithMomentum")
    void momentumSurvivesARestore(OuterOptimizer optimizer) throws Exception {
        float[] uninterrupted;
        try (var outer = harness(1, optimizer)) {
            outer.open();
            step(outer, 0);
            uninterrupted = step(outer, 1);
        }
        OperatorSubtaskState state;
        try (var outer = harness(1, optimizer)) {
            outer.open();
            step(outer, 0);
            state = outer.snapshot(1, 1);
        }
        try (var outer = harness(1, optimizer)) {
            outer.initializeState(state);
            outer.open();

            assertThat(step(outer, 1)).isEqualTo(uninterrupted);
        }
    }

    @Test
    void aRoundIsNeitherRepeatedNorSkipped() throws Exception {
        try (var outer = harness(1)) {
            outer.open();
            outer.merge(SHARD, 0, new int[] {0}, new float[100]);

            for (long round : new long[] {0, 2}) {
                assertThatThrownBy(() -> outer.merge(SHARD, round, new int[] {0}, new float[100]))
                        .hasMessageContaining("round 1")
                        .hasMessageContaining("round " + round);
            }
        }
    }

    @Test
    void anotherOptimizerThanTheOneThatRememberedIsRefused() throws Exception {
        OperatorSubtaskState state;
        try (var outer = harness(1)) {
            outer.open();
            outer.merge(SHARD, 0, new int[] {0}, new float[100]);
            state = outer.snapshot(1, 1);
        }
        try (var outer = harness(1, new OuterOptimizer.Nesterov(0.7, 0.9))) {
            outer.initializeState(state);
            outer.open();
            assertThatThrownBy(() -> outer.askForAll(SHARD, 0, 0))
                    .hasStackTraceContaining(
                            "remembers 0 values of each parameter in the savepoint, and that of the settings 1: keep outer.optimizer as it was");
        }
    }

    /** Takes the step of a round with a delta of its own; returns the body after it. */
    private static float[] step(OuterHarness outer, long round) throws Exception {
        float[] delta = new float[100];
        Arrays.fill(delta, 0.01f * (round + 1));
        outer.merge(SHARD, round, new int[] {0}, delta);
        List<Downstream> out = outer.extractOutputValues();
        SharedShard body = (SharedShard) out.get(out.size() - 1);
        assertThat(body.round()).isEqualTo(round + 1);
        return body.values();
    }

    private static float[] initial() {
        float[] values = new float[100];
        Initializer.body(SHAPE, SEED, 200, values);
        return values;
    }

    private static OuterHarness harness(int parallelism) throws Exception {
        return harness(parallelism, new OuterOptimizer.Averaging());
    }

    private static OuterHarness harness(int parallelism, OuterOptimizer optimizer) throws Exception {
        Merging merging = new Merging(Variant.SPEC, optimizer, Weighting.TOKENS, new InnerState.Keep(), 100, 0);
        return new OuterHarness(new SharedLayout(SHAPE, merging, 300, SEED), parallelism);
    }
}
