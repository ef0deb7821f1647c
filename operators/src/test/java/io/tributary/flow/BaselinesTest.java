package io.tributary.flow;

import static io.tributary.flow.TrainFixture.A;
import static io.tributary.flow.TrainFixture.LOCAL_STEPS;
import static io.tributary.flow.TrainFixture.PIECES;
import static io.tributary.flow.TrainFixture.ROUNDS;
import static io.tributary.flow.TrainFixture.ROWS;
import static io.tributary.flow.TrainFixture.SEED;
import static io.tributary.flow.TrainFixture.SHAPE;
import static io.tributary.flow.TrainFixture.T;
import static io.tributary.flow.TrainFixture.TIMEOUT_MS;
import static io.tributary.flow.TrainFixture.atA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tributary.merge.InnerState;
import io.tributary.model.AdamW;
import io.tributary.model.LearningRate;
import io.tributary.model.Precision;
import io.tributary.model.SharedParameters;
import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.RoundReport.Traffic;
import io.tributary.record.SourceId;
import io.tributary.record.TensorId;
import io.tributary.record.TokenBlocks;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a Train subtask does where nothing is shared: one model on the mixture, or each source alone. */
class BaselinesTest {
    private static final SourceId B = atA(TrainFixture.B);

    /** Another rate at every step. */
    private static final LearningRate WARMING = LearningRate.constant(1, 1_000);

    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"STD", "SINGLE"})
    void nothingIsSentButAnEmptyBarrier(Variant variant) throws IOException {
        try (TrainFixture train = new TrainFixture(variant)) {
            train.vocabulary(A);
            train.vocabulary(B);
            train.batches(A, 0, 2 * LOCAL_STEPS);
            train.batches(B, 10, 10 + 2 * LOCAL_STEPS);
            train.round(0);
            train.round(1);
            train.round(2);

            for (SourceId source : List.of(A, B)) {
                for (long round = 0; round < 2; round++) {
                    assertThat(train.out.updates(source, round)).singleElement().satisfies(update -> {
                        assertThat(update.rows()).isEmpty();
                        assertThat(update.values()).isEmpty();
                    });
                    assertThat(train.out.report(source, round).participation()).isEqualTo(Participation.FULL);
                    assertThat(train.out.report(source, round).traffic())
                            .extracting(Traffic::sent, Traffic::received)
                            .containsExactly(tuple(0L, 0L));
                }
            }
        }
    }

    @Test
    void sourcesOfAMixtureTakeTheirOwnStepsInTurnsOnOneModelWhoseStepsAreCounted() throws IOException {
        RoundRules rules = RoundRules.mixture(TIMEOUT_MS, ROUNDS, Map.of(A, 3, B, 1));
        try (TrainFixture train = new TrainFixture(settings(Variant.STD, rules, Map.of()))) {
            train.vocabulary(A);
            train.vocabulary(B);
            train.batches(A, 0, 6);
            train.batches(B, 10, 12);
            train.round(0);
            assertThat(train.out.events).contains("close 0");
            train.round(1);

            assertThat(train.out.updates(A, 1)).hasSize(1);
            assertThat(train.source(A).model()).isSameAs(train.source(B).model());
            assertThat(tensors(train.source(A).model()))
                    .isEqualTo(trained("mixture", T, List.of(0, 1, 10, 2, 3, 4, 11, 5)));
        }
    }

    @Test
    void aSourceAloneTrainsWhatItWouldTrainWithoutRounds() throws IOException {
        RoundRules rules = new RoundRules(LOCAL_STEPS, TIMEOUT_MS, ROUNDS);
        try (TrainFixture train = new TrainFixture(settings(Variant.SINGLE, rules, Map.of()))) {
            train.vocabulary(A);
            train.vocabulary(B);
            train.batches(A, 0, 2 * LOCAL_STEPS);
            train.batches(B, 10, 10 + 2 * LOCAL_STEPS);
            train.round(0);
            train.round(1);

            assertThat(tensors(train.source(A).model())).isEqualTo(trained("a", T, List.of(0, 1, 2, 3)));
            assertThat(tensors(train.source(B).model())).isEqualTo(trained("b", T, List.of(10, 11, 12, 13)));
            // Bodies begin alike and go their own ways.
            assertThat(train.tensor(A, TensorId.parameters(ParameterGroup.BODY)))
                    .isNotEqualTo(train.tensor(B, TensorId.parameters(ParameterGroup.BODY)));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"SPEC", "SINGLE"})
    void aSourceMayHaveASequenceLengthOfItsOwn(Variant variant) throws IOException {
        RoundRules rules = new RoundRules(LOCAL_STEPS, TIMEOUT_MS, ROUNDS);
        try (TrainFixture train = new TrainFixture(settings(variant, rules, Map.of(B.name(), 5)))) {
            train.vocabulary(A);
            train.vocabulary(B);
            train.batches(A, 0, LOCAL_STEPS);
            train.batches(B, 10, 10 + LOCAL_STEPS);
            train.heldOut(A, new int[T + 1]);
            train.heldOut(B, new int[5 + 1]);
            train.round(0);
            train.round(1);

            assertThat(train.out.report(A, 0).tokens()).isEqualTo((long) LOCAL_STEPS * ROWS * T);
            assertThat(train.out.report(B, 0).tokens()).isEqualTo((long) LOCAL_STEPS * ROWS * 5);
            assertThat(train.out.report(B, 0).validationBitsPerByte()).isPositive();
            assertThat(train.tensor(B, TensorId.parameters(ParameterGroup.POSITIONS)))
                    .hasSize(5 * TrainFixture.WIDTH);
        }
    }

    /** Without learned positions nothing that is shared depends on the length. */
    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"TRIM", "GLOB"})
    void sharedPositionsKeepTheLengthOfTheModel(Variant variant) {
        RoundRules rules = new RoundRules(LOCAL_STEPS, TIMEOUT_MS, ROUNDS);

        assertThatThrownBy(() -> settings(variant, rules, Map.of("b", 5))).hasMessageContaining("sequence lengths");
    }

    /** What comes of these batches, one step each, without rounds. */
    private static byte[] trained(String name, int sequenceLength, List<Integer> batches) throws IOException {
        try (StepEngine engine = StepEngine.open(SHAPE, Precision.FP32, AdamW.defaults(), Set.of());
                SharedParameters nothing = engine.newShared(0, Map.of());
                SourceModel model = engine.newSource(name, PIECES, sequenceLength, SEED)) {
            model.begin(nothing);
            for (int step = 0; step < batches.size(); step++) {
                TokenBlocks batch = TrainFixture.blocks(batches.get(step), PIECES, sequenceLength);
                model.step(batch.tokensBT1(), batch.rows(), WARMING.at(step));
            }
            return tensors(model);
        }
    }

    /** Step count, values and moments, where nothing is shared: the end of what a model writes. */
    private static byte[] tensors(SourceModel model) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        model.write(bytes);
        long floats = 1;
        for (ParameterGroup group : ParameterGroup.values()) {
            floats += Quantity.values().length * model.elements(group);
        }
        byte[] all = bytes.toByteArray();
        return Arrays.copyOfRange(all, all.length - Math.toIntExact(floats * Float.BYTES), all.length);
    }

    private static TrainingSettings settings(Variant variant, RoundRules rules, Map<String, Integer> sequenceLengths) {
        return TrainFixture.settings(
                TrainFixture.merging(variant, new InnerState.Keep(), 0), rules, WARMING, sequenceLengths);
    }
}
