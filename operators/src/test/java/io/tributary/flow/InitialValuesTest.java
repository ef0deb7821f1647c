package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.merge.InnerState;
import io.tributary.merge.Merging;
import io.tributary.model.Initializer;
import io.tributary.record.Downstream.SharedShard;
import io.tributary.record.ParameterGroup;
import io.tributary.record.ShardId;
import io.tributary.record.SourceId;
import io.tributary.record.TensorId;
import io.tributary.record.Variant;
import java.io.IOException;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who begins with which values, and that they are read once in the life of a run. */
@SuppressWarnings("try") // Flink's harness declares that close() throws any exception
class InitialValuesTest {
    private static final int SHARD_VALUES = 100;
    private static final ShardId SHARD = new ShardId(TensorId.parameters(ParameterGroup.BODY), 2);

    /** A value tells what it is of; source b has nothing but what everyone has. */
    private static final InitialValues TELLING = () -> new InitialValues.Reader() {
        @Override
        public void overwrite(ParameterGroup group, String owner, long from, float[] drawn) {
            for (int i = 0; i < drawn.length && !owner.equals(TrainFixture.B.name()); i++) {
                drawn[i] = value(group, owner, from + i);
            }
        }

        @Override
        public void close() {}
    };

    private static final InitialValues GONE = () -> {
        throw new IOException("the folder is gone");
    };

    private static float value(ParameterGroup group, String owner, long index) {
        return (group.tag() + 1) * 100_000 + owner.length() * 50_000 + index;
    }

    @Test
    void everyoneBeginsWithTheSlicesOfTheirShards() throws Exception {
        try (var outer = new OuterHarness(layout(), TELLING, 1)) {
            outer.open();
            outer.askForAll(SHARD, 0, 0);

            float[] expected = new float[SHARD_VALUES];
            for (int i = 0; i < expected.length; i++) {
                expected[i] = value(ParameterGroup.BODY, InitialValues.EVERYONE, 2 * SHARD_VALUES + i);
            }
            assertThat(outer.last()).isEqualTo(expected);
        }
    }

    @Test
    void whatIsInStateIsNotReadAgain() throws Exception {
        OperatorSubtaskState state;
        try (var outer = new OuterHarness(layout(), TELLING, 1)) {
            outer.open();
            outer.merge(SHARD, 0, new int[] {0}, new float[SHARD_VALUES]);
            state = outer.snapshot(1, 1);
        }
        try (var outer = new OuterHarness(layout(), GONE, 1)) {
            outer.initializeState(state);
            outer.open();
            outer.askForAll(SHARD, 0, 0);

            SharedShard shard = (SharedShard) outer.extractOutputValues().get(0);
            assertThat(shard.round()).isEqualTo(1);
            assertThat(shard.values()[7])
                    .isEqualTo(value(ParameterGroup.BODY, InitialValues.EVERYONE, 2 * SHARD_VALUES + 7L));
        }
    }

    @Test
    void aModelThatCannotBeReadIsNoReasonToDrawOne() throws Exception {
        try (var outer = new OuterHarness(layout(), GONE, 1)) {
            outer.open();

            assertThatThrownBy(() -> outer.askForAll(SHARD, 0, 0))
                    .hasMessageContaining("init.from")
                    .hasMessageContaining("the folder is gone");
        }
        try (TrainFixture train = new TrainFixture(TrainFixture.settings(merging(Variant.SPEC)), GONE)) {
            assertThatThrownBy(() -> train.vocabulary(TrainFixture.A))
                    .hasMessageContaining("Source a")
                    .hasMessageContaining("the folder is gone");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"SPEC", "SINGLE", "STD"})
    void aSourceBeginsWithItsOwnOrElseWithDrawnOnes(Variant variant) throws Exception {
        SourceId second = TrainFixture.second(variant);
        try (TrainFixture train = new TrainFixture(TrainFixture.settings(merging(variant)), TELLING)) {
            train.vocabulary(TrainFixture.A);
            train.vocabulary(second);

            String owner = variant.mixture() ? InitialValues.EVERYONE : TrainFixture.A.name();
            for (ParameterGroup group : ParameterGroup.values()) {
                if (!variant.shared().contains(group)) {
                    float[] values = train.tensor(TrainFixture.A, TensorId.parameters(group));
                    assertThat(values[0]).isEqualTo(value(group, owner, 0));
                    assertThat(values[values.length - 1]).isEqualTo(value(group, owner, values.length - 1L));
                }
            }
            float[] tokens = train.tensor(second, TensorId.parameters(ParameterGroup.TOKENS));
            float[] drawn = new float[tokens.length];
            Initializer.tokens(second.name(), TrainFixture.SEED, 0, drawn);
            if (variant.mixture()) {
                assertThat(tokens[0]).isEqualTo(value(ParameterGroup.TOKENS, owner, 0));
            } else {
                assertThat(tokens).isEqualTo(drawn);
            }
        }
    }

    @Test
    void aSourceThatIsInStateIsNotReadAgain() throws Exception {
        byte[] state;
        try (TrainFixture train = new TrainFixture(TrainFixture.settings(merging(Variant.SPEC)), TELLING)) {
            train.vocabulary(TrainFixture.A);
            state = train.state();
        }
        try (TrainFixture train = new TrainFixture(TrainFixture.settings(merging(Variant.SPEC)), GONE)) {
            train.read(state);

            assertThat(train.tensor(TrainFixture.A, TensorId.parameters(ParameterGroup.TOKENS))[3])
                    .isEqualTo(value(ParameterGroup.TOKENS, TrainFixture.A.name(), 3));
        }
    }

    @Test
    void embeddingsThatBeginAnewAreDrawn() throws Exception {
        Merging merging = TrainFixture.merging(Variant.GLOB, new InnerState.Keep(), 1);
        SharedLayout layout = new SharedLayout(TrainFixture.SHAPE, merging, 300, TrainFixture.SEED);
        ShardId tokens = new ShardId(TensorId.parameters(ParameterGroup.TOKENS), 0);
        try (var outer = new OuterHarness(layout, TELLING, 1)) {
            outer.open();
            outer.askForAll(tokens, 0, 0);
            assertThat(outer.last()[0]).isEqualTo(value(ParameterGroup.TOKENS, InitialValues.EVERYONE, 0));
            outer.merge(tokens, 0, new int[] {0}, new float[outer.last().length]);

            assertThat(outer.last()).isEqualTo(layout.initial(tokens, 1));
        }
    }

    private static SharedLayout layout() {
        return new SharedLayout(TrainFixture.SHAPE, merging(Variant.SPEC), 300, TrainFixture.SEED);
    }

    private static Merging merging(Variant variant) {
        return Merging.averaging(variant, SHARD_VALUES);
    }
}
