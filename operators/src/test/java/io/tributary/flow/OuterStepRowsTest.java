package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.merge.InnerState;
import io.tributary.merge.Merging;
import io.tributary.merge.OuterOptimizer;
import io.tributary.merge.Weighting;
import io.tributary.model.Initializer;
import io.tributary.model.ModelShape;
import io.tributary.record.Downstream.RowsShard;
import io.tributary.record.Downstream.SharedShard;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.ShardId;
import io.tributary.record.SourceId;
import io.tributary.record.TensorId;
import io.tributary.record.Variant;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The outer step of what sources hold by rows, of moments, and of token embeddings that begin anew. */
@SuppressWarnings("try") // Flink's harness declares that close() throws any exception
class OuterStepRowsTest {
    private static final int WIDTH = 2;
    private static final ModelShape SHAPE = new ModelShape(1, WIDTH, 1, 4);
    private static final long SEED = 5;
    /** Of a table of 10 rows, cut by 4: the rows 4 to 7. */
    private static final ShardId TOKENS = new ShardId(TensorId.parameters(ParameterGroup.TOKENS), 1);

    private static final SourceId A = new SourceId("a", 312);
    private static final SourceId B = new SourceId("b", 84);
    private static final OuterOptimizer.Nesterov NESTEROV = new OuterOptimizer.Nesterov(0.5, 0.5);

    @Test
    void onlyRowsThatWereTrainedMoveAndTheMomentaOfOthersStay() throws Exception {
        try (var outer = open(Variant.TRIM, new InnerState.Keep(), 0)) {
            outer.askForRows(TOKENS, A, 0, 0, 1, 2, 3);
            float[] before = outer.rows().get(0).values();

            outer.merge(TOKENS, 0, new int[] {0, 2}, 1, 1, 2, 2);
            outer.merge(TOKENS, 1, new int[] {2, 3}, 4, 4, 8, 8);
            outer.merge(TOKENS, 2, new int[] {0}, 16, 16);

            // By b = 0.5 b - delta; theta = theta - 0.5 (0.5 b - delta) for each row alone.
            float[][] expected = {
                {step(step(before[0], 0, 1), -1, 16), step(step(before[1], 0, 1), -1, 16)},
                {before[2], before[3]},
                {step(step(before[4], 0, 2), -2, 4), step(step(before[5], 0, 2), -2, 4)},
                {step(before[6], 0, 8), step(before[7], 0, 8)}
            };
            RowsShard after = outer.rows().get(3);
            assertThat(after.round()).isEqualTo(3);
            for (int row = 0; row < expected.length; row++) {
                assertThat(Arrays.copyOfRange(after.values(), row * WIDTH, (row + 1) * WIDTH))
                        .as("row %d", row)
                        .containsExactly(expected[row]);
            }
        }
    }

    /** Nesterov's step with eta and mu 0.5 on the momentum that was there. */
    private static float step(float theta, double momentum, double delta) {
        double b = 0.5 * momentum - delta;
        return (float) (theta - 0.5 * (-delta + 0.5 * b));
    }

    @Test
    void eachHolderGetsItsOwnRowsAndNobodyElseAnything() throws Exception {
        try (var outer = open(Variant.TRIM, new InnerState.Keep(), 0)) {
            outer.askForRows(TOKENS, A, 0, 0, 3);
            outer.askForRows(TOKENS, B, 0, 1, 3);
            outer.merge(TOKENS, 0, new int[] {0, 3}, 1, 1, 2, 2);

            assertThat(outer.extractOutputValues()).isEmpty();
            List<RowsShard> rows = outer.rows();
            assertThat(rows).extracting(RowsShard::source).containsExactly(A, B, A, B);
            assertThat(rows).extracting(RowsShard::round).containsExactly(0L, 0L, 1L, 1L);
            assertThat(rows.get(2).rows()).containsExactly(0, 3);
            assertThat(rows.get(3).rows()).containsExactly(1, 3);
            float[] all = initial(0);
            assertThat(rows.get(0).values()).containsExactly(all[0], all[1], all[6], all[7]);
            assertThat(rows.get(1).values()).containsExactly(all[2], all[3], all[6], all[7]);
            // The row that both hold is the same for both; the one that nobody has trained is as it was.
            assertThat(Arrays.copyOfRange(rows.get(3).values(), 2, 4))
                    .isEqualTo(Arrays.copyOfRange(rows.get(2).values(), 2, 4))
                    .isNotEqualTo(Arrays.copyOfRange(all, 6, 8));
            assertThat(Arrays.copyOf(rows.get(3).values(), 2)).isEqualTo(Arrays.copyOfRange(all, 2, 4));
        }
    }

    @Test
    void rowsForALaterRoundComeWithThatRoundAndNotBefore() throws Exception {
        try (var outer = open(Variant.TRIM, new InnerState.Keep(), 0)) {
            outer.askForRows(TOKENS, A, 1, 0, 3);
            assertThat(outer.rows()).isEmpty();

            outer.merge(TOKENS, 0, new int[] {0}, 1, 1);
            assertThat(outer.rows()).singleElement().satisfies(shard -> {
                assertThat(shard.round()).isEqualTo(1);
                assertThat(shard.rows()).containsExactly(0, 3);
            });

            outer.askForRows(TOKENS, A, 1, 0, 2, 3);
            assertThat(outer.rows()).hasSize(2);
            // The others have come with the round.
            assertThat(outer.rows().get(1).rows()).containsExactly(2);
        }
    }

    @Test
    void holdersOutliveARestore() throws Exception {
        OperatorSubtaskState state;
        try (var outer = open(Variant.TRIM, new InnerState.Keep(), 0)) {
            outer.askForRows(TOKENS, A, 7, 0, 3);
            state = outer.snapshot(1, 1);
        }
        try (var outer = closed(Variant.TRIM, new InnerState.Keep(), 0, 4 * WIDTH)) {
            outer.initializeState(state);
            outer.open();
            outer.merge(TOKENS, 0, new int[] {0}, 1, 1);

            assertThat(outer.rows()).singleElement().satisfies(shard -> assertThat(shard.rows())
                    .containsExactly(0, 3));
        }
    }

    /** All sources were rejected, or nobody holds a row of the shard. */
    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"TRIM", "GLOB"})
    void anUpdateWithoutRowsEndsTheRoundAndLeavesParametersAndMomentaAsTheyAre(Variant variant) throws Exception {
        float[] with;
        try (var outer = open(variant, new InnerState.Keep(), 0)) {
            outer.askForRows(TOKENS, A, 0, 0, 1, 2, 3);
            mergeAll(outer, variant, 0);
            outer.merge(TOKENS, 1, new int[0]);
            mergeAll(outer, variant, 2);
            with = outer.last();
        }
        try (var outer = open(variant, new InnerState.Keep(), 0)) {
            outer.askForRows(TOKENS, A, 0, 0, 1, 2, 3);
            mergeAll(outer, variant, 0);
            mergeAll(outer, variant, 1);

            assertThat(outer.last()).isEqualTo(with);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"TRIM", "GLOB"})
    void sharedTokenEmbeddingsBeginAnewWithoutMomentaAtTheBorderAndOnlyThere(Variant variant) throws Exception {
        try (var outer = open(variant, new InnerState.Keep(), 2)) {
            outer.askForRows(TOKENS, A, 0, 0, 1, 2, 3);
            mergeAll(outer, variant, 0);
            assertThat(outer.last()).isNotEqualTo(initial(0)).isNotEqualTo(initial(1));

            mergeAll(outer, variant, 1);
            float[] drawn = initial(1);
            assertThat(outer.last()).isEqualTo(drawn);

            mergeAll(outer, variant, 2);
            float[] fromNoMomentum = new float[drawn.length];
            for (int i = 0; i < drawn.length; i++) {
                fromNoMomentum[i] = step(drawn[i], 0, i);
            }
            assertThat(outer.last()).isEqualTo(fromNoMomentum);
        }
    }

    @Test
    void theBodyGoesOnWhereTokenEmbeddingsBeginAnew() throws Exception {
        ShardId body = new ShardId(TensorId.parameters(ParameterGroup.BODY), 0);
        try (var outer = open(Variant.GLOB, new InnerState.Keep(), 1)) {
            outer.merge(body, 0, new int[] {0}, new float[8]);

            float[] values = new float[8];
            Initializer.body(SHAPE, SEED, 0, values);
            assertThat(outer.last()).isEqualTo(values);
        }
    }

    @Test
    void momentsJumpOverRoundsInWhichTheyAreNotMergedButNeverGoBack() throws Exception {
        ShardId moments = new ShardId(new TensorId(ParameterGroup.BODY, Quantity.SECOND_MOMENT), 0);
        try (var outer = open(Variant.SPEC, new InnerState.Sync(3, 6), 0)) {
            outer.askForAll(moments, 0, 0);
            assertThat(outer.last()).containsOnly(0);

            float[] mean = new float[8];
            Arrays.fill(mean, 3 * Quantity.SECOND_MOMENT.scale());
            outer.merge(moments, 5, new int[] {0}, mean);
            assertThat(outer.last()).containsOnly(3);
            assertThat(((SharedShard) outer.extractOutputValues().get(1)).round())
                    .isEqualTo(6);

            assertThatThrownBy(() -> outer.merge(moments, 5, new int[] {0}, mean))
                    .hasMessageContaining("is at round 6");
        }
    }

    /** The sources' moments are those of the embeddings that are gone. */
    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"TRIM", "GLOB"})
    void momentsOfTokenEmbeddingsThatBeginAnewAreZeroEvenIfTheyAreMergedInThatRound(Variant variant) throws Exception {
        ShardId moments = new ShardId(new TensorId(ParameterGroup.TOKENS, Quantity.FIRST_MOMENT), 1);
        try (var outer = open(variant, new InnerState.Sync(1, 1), 2)) {
            outer.askForRows(moments, A, 1, 0, 1, 2, 3);
            for (long round = 0; round < 4; round++) {
                float[] mean = {1, 2, 3, 4, 5, 6, 7, 8};
                int[] rows = variant.byRows() ? new int[] {0, 1, 2, 3} : new int[] {0};
                outer.merge(moments, round, rows, mean);

                assertThat(outer.last()).isEqualTo(round % 2 == 0 ? mean : new float[8]);
            }
        }
    }

    @Test
    void aShardOfAnotherSizeThanTheSavepointsIsRefused() throws Exception {
        OperatorSubtaskState state;
        try (var outer = open(Variant.TRIM, new InnerState.Keep(), 0)) {
            outer.merge(TOKENS, 0, new int[] {0}, 1, 1);
            state = outer.snapshot(1, 1);
        }
        try (var outer = closed(Variant.TRIM, new InnerState.Keep(), 0, 3 * WIDTH)) {
            outer.initializeState(state);
            outer.open();

            assertThatThrownBy(() -> outer.askForRows(TOKENS, A, 0, 0))
                    .hasMessageContaining("8 values")
                    .hasMessageContaining("6");
        }
    }

    /** Every row moves by its own values. */
    private static void mergeAll(OuterHarness outer, Variant variant, long round) throws Exception {
        outer.merge(TOKENS, round, variant.byRows() ? new int[] {0, 1, 2, 3} : new int[] {0}, 0, 1, 2, 3, 4, 5, 6, 7);
    }

    private static float[] initial(int epoch) {
        float[] values = new float[4 * WIDTH];
        Initializer.tokens("", SEED, epoch, 4L * WIDTH, values);
        return values;
    }

    private static OuterHarness open(Variant variant, InnerState innerState, int resetRounds) throws Exception {
        OuterHarness outer = closed(variant, innerState, resetRounds, 4 * WIDTH);
        outer.open();
        return outer;
    }

    private static OuterHarness closed(Variant variant, InnerState innerState, int resetRounds, int shardValues)
            throws Exception {
        Merging merging = new Merging(variant, NESTEROV, Weighting.TOKENS, innerState, shardValues, resetRounds);
        return new OuterHarness(new SharedLayout(SHAPE, merging, 10, SEED), 1);
    }
}
