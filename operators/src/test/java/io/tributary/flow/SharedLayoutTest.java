package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.merge.InnerState;
import io.tributary.merge.Merging;
import io.tributary.merge.OuterOptimizer;
import io.tributary.merge.Sharding;
import io.tributary.merge.Weighting;
import io.tributary.model.Initializer;
import io.tributary.model.ModelShape;
import io.tributary.model.Positions;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.ShardId;
import io.tributary.record.TensorId;
import io.tributary.record.Variant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SharedLayoutTest {
    private static final int WIDTH = 6;
    private static final int TABLE_ROWS = 101;
    private static final long SEED = 3;
    private static final ModelShape LEARNED = new ModelShape(2, WIDTH, 2, 9);

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 6, 7, 40, 1 << 20})
    void theShardsOfEveryTensorAddUp(int shardValues) {
        for (Variant variant : Variant.values()) {
            SharedLayout layout = layout(variant, LEARNED, keepOrSync(variant), shardValues, 0);
            for (TensorId tensor : layout.tensors()) {
                Sharding sharding = layout.sharding(tensor);
                long next = 0;
                for (int index = 0; index < sharding.count(); index++) {
                    assertThat(sharding.start(index)).isEqualTo(next);
                    next += sharding.length(index);
                }
                assertThat(next).isEqualTo(variant.shared().isEmpty() ? 0 : values(tensor.group()));
                assertThat(sharding.count()).isPositive();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 6, 7, 40, 1 << 20})
    void aShardThatGoesByRowsIsMadeOfWholeRows(int shardValues) {
        SharedLayout layout = layout(Variant.TRIM, LEARNED, new InnerState.Keep(), shardValues, 0);
        TensorId tokens = TensorId.parameters(ParameterGroup.TOKENS);
        assertThat(layout.byRows(tokens)).isTrue();

        Sharding sharding = layout.sharding(tokens);
        assertThat(sharding.shardSize()).isEqualTo(layout.rowsOfAShard() * WIDTH);
        for (int index = 0; index < sharding.count(); index++) {
            assertThat(sharding.length(index) % WIDTH).isZero();
        }
        HeldRows all = new HeldRows(new int[] {TABLE_ROWS - 1, 0}, TABLE_ROWS, layout.rowsOfAShard());
        int held = 0;
        for (int index = 0; index < sharding.count(); index++) {
            held += all.count(index);
        }
        assertThat(held).isEqualTo(2);
        assertThat(all.in(sharding.count() - 1)).contains((TABLE_ROWS - 1) % layout.rowsOfAShard());
    }

    @ParameterizedTest
    @EnumSource(
            value = Positions.class,
            names = {"ALIBI", "NONE"})
    void positionsThatAreNotLearnedAreNoTensor(Positions positions) {
        ModelShape shape = new ModelShape(2, WIDTH, 2, 9, positions);

        assertThat(layout(Variant.GLOB, shape, new InnerState.Keep(), 10, 0).tensors())
                .containsExactly(TensorId.parameters(ParameterGroup.BODY), TensorId.parameters(ParameterGroup.TOKENS));
    }

    @Test
    void aRoundStartsFromWhatTheOneBeforeMerged() {
        SharedLayout layout = layout(Variant.SPEC, LEARNED, new InnerState.Sync(2, 3), 10, 0);
        TensorId body = TensorId.parameters(ParameterGroup.BODY);
        TensorId first = new TensorId(ParameterGroup.BODY, Quantity.FIRST_MOMENT);
        TensorId second = new TensorId(ParameterGroup.BODY, Quantity.SECOND_MOMENT);

        assertThat(layout.tensors()).containsExactly(body, first, second);
        List<List<TensorId>> starts = List.of(
                List.of(body),
                List.of(body),
                List.of(body, first),
                List.of(body, second),
                List.of(body, first),
                List.of(body),
                List.of(body, first, second));
        for (int round = 0; round < starts.size(); round++) {
            assertThat(layout.startOf(round)).as("round %d", round).isEqualTo(starts.get(round));
        }
        for (int round = 1; round < starts.size(); round++) {
            assertThat(layout.mergedIn(round - 1)).isEqualTo(starts.get(round));
        }
    }

    /** However it is cut, so that the size of shards changes no run. */
    @ParameterizedTest
    @ValueSource(ints = {7, 1 << 20})
    void initialValuesAreThoseOfTheWholeTensor(int shardValues) {
        SharedLayout layout = layout(Variant.TRIM, LEARNED, new InnerState.Sync(1, 1), shardValues, 4);
        for (TensorId tensor : layout.tensors()) {
            Sharding sharding = layout.sharding(tensor);
            float[] whole = new float[Math.toIntExact(sharding.parameters())];
            if (tensor.quantity() == Quantity.PARAMETERS) {
                switch (tensor.group()) {
                    case BODY -> Initializer.body(LEARNED, SEED, 0, whole);
                    case TOKENS -> Initializer.tokens("", SEED, 2, 0, whole);
                    case POSITIONS -> Initializer.positions("", SEED, 0, whole);
                }
            }
            for (int index = 0; index < sharding.count(); index++) {
                float[] shard = layout.initial(new ShardId(tensor, index), 9);
                for (int i = 0; i < shard.length; i++) {
                    assertThat(shard[i]).isEqualTo(whole[Math.toIntExact(sharding.start(index)) + i]);
                }
                assertThat(shard).hasSize(sharding.length(index));
            }
        }
    }

    @Test
    void aTableWithoutRowsIsRefused() {
        Merging merging = Merging.averaging(Variant.GLOB, 10);
        assertThatThrownBy(() -> new SharedLayout(LEARNED, merging, 0, SEED)).hasMessageContaining("at least one row");
    }

    private static InnerState keepOrSync(Variant variant) {
        return variant.mixture() ? new InnerState.Keep() : new InnerState.Sync(1, 1);
    }

    private static long values(ParameterGroup group) {
        return switch (group) {
            case BODY -> LEARNED.bodyParameters();
            case TOKENS -> (long) TABLE_ROWS * WIDTH;
            case POSITIONS -> 9L * WIDTH;
        };
    }

    private static SharedLayout layout(
            Variant variant, ModelShape shape, InnerState innerState, int shardValues, int resetRounds) {
        Merging merging = new Merging(
                variant, new OuterOptimizer.Averaging(), Weighting.TOKENS, innerState, shardValues, resetRounds);
        return new SharedLayout(shape, merging, TABLE_ROWS, SEED);
    }
}
