package io.tributary.flow;

import static io.tributary.flow.TrainFixture.A;
import static io.tributary.flow.TrainFixture.B;
import static io.tributary.flow.TrainFixture.LOCAL_STEPS;
import static io.tributary.flow.TrainFixture.PIECES;
import static io.tributary.flow.TrainFixture.ROUNDS;
import static io.tributary.flow.TrainFixture.TIMEOUT_MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.tributary.merge.InnerState;
import io.tributary.merge.Merging;
import io.tributary.merge.OuterOptimizer;
import io.tributary.merge.Weighting;
import io.tributary.model.LearningRate;
import io.tributary.record.ParameterGroup;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.ShardUpdate;
import io.tributary.record.TensorId;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import io.tributary.round.Sampling;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a source sends of a round: with which weight, and when rather nothing. */
class ContributionsTest {

    /** AdamW's first step is the learning rate, so the round moves every parameter by more than any good round does. */
    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"SPEC", "TRIM", "GLOB"})
    void aChangeBeyondAllReasonIsSentAsNothingAndTheNextRoundGoesOn(Variant variant) {
        try (TrainFixture train = new TrainFixture(settings(variant, onceWrong(1e6)))) {
            begin(train);
            train.round(0);

            int shards = train.layout().tensors().stream()
                    .mapToInt(tensor -> train.layout().sharding(tensor).count())
                    .sum();
            assertThat(train.out.updates(A, 0)).hasSize(shards).allSatisfy(update -> assertThat(update.rows())
                    .isEmpty());
            assertThat(train.out.events).endsWith("close 0");

            train.round(1);
            assertThat(train.out.report(A, 0))
                    .extracting(RoundReport::participation, RoundReport::steps)
                    .containsExactly(Participation.REJECTED, (long) LOCAL_STEPS);
            assertThat(train.out.report(A, 0).traffic())
                    .allSatisfy(traffic -> assertThat(traffic.sent()).isZero());

            train.round(2);
            assertThat(train.out.report(A, 1).participation()).isEqualTo(Participation.FULL);
            assertThat(train.out.updates(A, 1))
                    .anySatisfy(update -> assertThat(update.values()).isNotEmpty());
        }
    }

    /** Its own embeddings are spoilt, so no gradient is finite; the zeros that its steps have changed are no finding. */
    @Test
    void aSourceNoneOfWhoseStepsChangedAnythingSendsNothing() {
        try (TrainFixture train = new TrainFixture(settings(Variant.SPEC, onceWrong(1e38)))) {
            begin(train);
            train.round(0);
            train.round(1);
            train.round(2);

            assertThat(train.out.report(A, 1))
                    .extracting(RoundReport::participation, RoundReport::trainLoss)
                    .containsExactly(Participation.REJECTED, Double.NaN);
            assertThat(train.out.updates(A, 1)).isNotEmpty().allSatisfy(update -> assertThat(update.rows())
                    .isEmpty());
        }
    }

    @Test
    void aChangeCountsUpToTheLargestAndNotBeyond() {
        assertThat(largestSent(0.99 * Contributions.LARGEST_CHANGE))
                .isCloseTo(0.99 * Contributions.LARGEST_CHANGE, withinPercentage(0.1));
        assertThat(largestSent(1.01 * Contributions.LARGEST_CHANGE)).isZero();
    }

    /** AdamW's first step is the learning rate. */
    private static double largestSent(double learningRate) {
        TrainingSettings settings = TrainFixture.settings(
                TrainFixture.merging(Variant.GLOB, new InnerState.Keep(), 0),
                new RoundRules(1, TIMEOUT_MS, ROUNDS),
                LearningRate.constant(learningRate, 0),
                Map.of());
        try (TrainFixture train = new TrainFixture(settings)) {
            begin(train);
            train.round(0);
            double largest = 0;
            for (ShardUpdate update : train.out.updates(A, 0)) {
                for (float value : update.values()) {
                    largest = Math.max(largest, Math.abs(value));
                }
            }
            return largest;
        }
    }

    @Test
    void theWeightIsInTokensOfAFullRoundSoThatShorterRowsAndFewerStepsCountLess() {
        RoundRules rules = new RoundRules(4, TIMEOUT_MS, ROUNDS, Sampling.everyone(), Map.of(B, 2));
        Merging merging = TrainFixture.merging(Variant.SPEC, new InnerState.Keep(), 0);
        LearningRate rate = LearningRate.constant(1e-2, 1);
        try (TrainFixture train = new TrainFixture(TrainFixture.settings(merging, rules, rate, Map.of("a", 3)))) {
            train.vocabulary(A);
            train.batches(A, 0, 3);
            train.vocabulary(B);
            train.batches(B, 0, 2);
            train.round(0);
            train.trainer.deadline(1 + TIMEOUT_MS);

            assertThat(train.out.updates(A, 0)).isNotEmpty().allSatisfy(update -> assertThat(update.weight())
                    .isEqualTo(3 * 3 / (4.0 * TrainFixture.T)));
            assertThat(train.out.updates(B, 0)).isNotEmpty().allSatisfy(update -> assertThat(update.weight())
                    .isEqualTo(0.5));
        }
    }

    @Test
    void withEqualWeightsTheTokensDoNotCount() {
        Merging merging = new Merging(
                Variant.SPEC, new OuterOptimizer.Averaging(), Weighting.EQUAL, new InnerState.Keep(), 200, 0);
        try (TrainFixture train = new TrainFixture(TrainFixture.settings(merging))) {
            train.vocabulary(A);
            train.batches(A, 0, 1);
            train.round(0);
            train.trainer.deadline(1 + TIMEOUT_MS);

            assertThat(train.out.updates(A, 0)).isNotEmpty().allSatisfy(update -> assertThat(update.weight())
                    .isEqualTo(1));
        }
    }

    /** The window of a shard must see every contributor, or its round would have others than that of another shard. */
    @ParameterizedTest
    @EnumSource(Variant.class)
    void everyShardHasOneUpdateOfEverySourceAndRound(Variant variant) {
        try (TrainFixture train = new TrainFixture(variant)) {
            int[] held = variant.byRows() ? new int[] {9, 5} : new int[0];
            train.vocabulary(A, held);
            for (int seed = 0; seed < 2 * LOCAL_STEPS; seed++) {
                train.batch(A, seed, 2);
            }
            train.round(0);
            train.round(1);

            for (long round = 0; round < 2; round++) {
                assertThat(train.out.updates(A, round))
                        .extracting(update -> update.shard().toString())
                        .doesNotHaveDuplicates()
                        .hasSize(train.layout().tensors().stream()
                                .mapToInt(tensor ->
                                        train.layout().sharding(tensor).count())
                                .sum());
            }
        }
    }

    @Test
    void ofTableRowsBeyondTheVocabularyNothingChanges() {
        try (TrainFixture train = new TrainFixture(Variant.GLOB)) {
            begin(train);
            train.round(0);

            TensorId tokens = TensorId.parameters(ParameterGroup.TOKENS);
            ShardUpdate last = train.out.updates(A, 0).stream()
                    .filter(update -> update.shard().tensor().equals(tokens))
                    .reduce((before, after) -> after)
                    .orElseThrow();
            int there = last.values().length - 3 * TrainFixture.WIDTH;
            assertThat(IntStream.range(0, there)).anyMatch(i -> last.values()[i] != 0);
            assertThat(IntStream.range(there, last.values().length)).allMatch(i -> last.values()[i] == 0);
        }
    }

    /** A first round at an absurd rate, and then hardly any. */
    private static LearningRate onceWrong(double rate) {
        return new LearningRate.WarmupStableDecay(rate, 0, LOCAL_STEPS - 1, 1, 1e-12);
    }

    private static TrainingSettings settings(Variant variant, LearningRate learningRate) {
        return TrainFixture.settings(
                TrainFixture.merging(variant, new InnerState.Keep(), 0),
                new RoundRules(LOCAL_STEPS, TIMEOUT_MS, ROUNDS),
                learningRate,
                Map.of());
    }

    /** With the batches of two rounds. */
    private static void begin(TrainFixture train) {
        int[] all = IntStream.range(0, PIECES).toArray();
        train.vocabulary(A, train.settings.merging().variant().byRows() ? all : new int[0]);
        train.batches(A, 0, 2 * LOCAL_STEPS);
    }
}
