package io.tributary.flow;

import static io.tributary.flow.TrainFixture.A;
import static io.tributary.flow.TrainFixture.LOCAL_STEPS;
import static io.tributary.flow.TrainFixture.PIECES;
import static io.tributary.flow.TrainFixture.ROUNDS;
import static io.tributary.flow.TrainFixture.SEED;
import static io.tributary.flow.TrainFixture.TIMEOUT_MS;
import static io.tributary.record.ParameterGroup.BODY;
import static io.tributary.record.ParameterGroup.POSITIONS;
import static io.tributary.record.ParameterGroup.TOKENS;
import static io.tributary.record.Quantity.FIRST_MOMENT;
import static io.tributary.record.Quantity.PARAMETERS;
import static io.tributary.record.Quantity.SECOND_MOMENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.merge.InnerState;
import io.tributary.merge.Merging;
import io.tributary.model.AdamW;
import io.tributary.model.Initializer;
import io.tributary.model.LearningRate;
import io.tributary.record.Downstream;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.ShardUpdate;
import io.tributary.record.TensorId;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What of a source begins anew at the border of a round: its token embeddings (active forgetting), its moments. */
class RoundBorderTest {
    private static final double BETA1 = AdamW.defaults().beta1();
    private static final double BETA2 = AdamW.defaults().beta2();

    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"SPEC", "SINGLE"})
    void ownTokenEmbeddingsAndTheirMomentsBeginAnewAtTheBorderAndOnlyThere(Variant variant) throws IOException {
        try (TrainFixture train = still(TrainFixture.merging(variant, new InnerState.Keep(), 2))) {
            for (int round = 0; round < 5; round++) {
                firstStep(train, round);

                float[] drawn = new float[PIECES * TrainFixture.WIDTH];
                Initializer.tokens(A.name(), SEED, round / 2, 0, drawn);
                assertThat(train.tensor(A, new TensorId(TOKENS, PARAMETERS))).isEqualTo(drawn);
                assertThat(momentsBegan(train, TOKENS)).as("round %d", round).isEqualTo(round % 2 == 0);
                assertThat(momentsBegan(train, BODY)).isEqualTo(round == 0);
                assertThat(momentsBegan(train, POSITIONS)).isEqualTo(round == 0);
                train.work(round);
            }
        }
    }

    @Test
    void sharedTokenEmbeddingsComeAnewFromTheOuterStepAndOnlyTheirMomentsBeginAnewHere() throws IOException {
        try (TrainFixture train = still(TrainFixture.merging(Variant.GLOB, new InnerState.Keep(), 2))) {
            for (int round = 0; round < 5; round++) {
                firstStep(train, round);

                assertThat(momentsBegan(train, TOKENS)).as("round %d", round).isEqualTo(round % 2 == 0);
                assertThat(momentsBegan(train, BODY)).isEqualTo(round == 0);
                assertThat(momentsBegan(train, POSITIONS)).isEqualTo(round == 0);
                train.work(round);
            }
        }
    }

    @Test
    void aSourceThatWasNotThereAtTheBorderBeginsAnewInItsNextRound() throws IOException {
        try (TrainFixture train = still(TrainFixture.merging(Variant.SPEC, new InnerState.Keep(), 2))) {
            firstStep(train, 0);
            train.work(0);
            for (long round = 1; round < 3; round++) {
                train.body(round, round);
                train.work(round);
                train.trainer.receive(new Downstream.Participation(round), round);
                train.trainer.deadline(round + TIMEOUT_MS);
            }
            firstStep(train, 3);

            assertThat(momentsBegan(train, TOKENS)).isTrue();
            assertThat(train.source(A).epoch()).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"STD"},
            mode = EnumSource.Mode.EXCLUDE)
    void allMomentsAndTheStepCountBeginAnewInEveryRoundIfTheyAreReset(Variant variant) throws IOException {
        try (TrainFixture train = still(TrainFixture.merging(variant, new InnerState.Reset(), 0))) {
            for (int round = 0; round < 3; round++) {
                firstStep(train, round);

                assertThat(train.source(A).model().steps()).isOne();
                for (ParameterGroup group : ParameterGroup.values()) {
                    assertThat(momentsBegan(train, group)).isTrue();
                }
                train.work(round);
            }
        }
    }

    @Test
    void momentsAreSentInTheRoundsInWhichTheyAreMergedAndInNoOthers() throws IOException {
        Merging merging = TrainFixture.merging(Variant.SPEC, new InnerState.Sync(2, 3), 0);
        try (TrainFixture train = still(merging)) {
            for (int round = 0; round < 6; round++) {
                firstStep(train, round);
                train.work(round);

                Set<TensorId> sent = train.out.updates(A, round).stream()
                        .map(update -> update.shard().tensor())
                        .collect(Collectors.toSet());
                assertThat(sent.contains(new TensorId(BODY, FIRST_MOMENT))).isEqualTo(round % 2 == 1);
                assertThat(sent.contains(new TensorId(BODY, SECOND_MOMENT))).isEqualTo(round % 3 == 2);
                assertThat(sent).hasSize(1 + (round % 2 == 1 ? 1 : 0) + (round % 3 == 2 ? 1 : 0));
            }
        }
    }

    private static float[] scaled(float[] values, float scale) {
        float[] scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= scale;
        }
        return scaled;
    }

    /** It is the moment itself that is sent, since the mean of the sources takes its place. */
    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"SPEC", "GLOB"})
    void whatIsSentOfAMomentIsTheMoment(Variant variant) throws IOException {
        try (TrainFixture train = still(TrainFixture.merging(variant, new InnerState.Sync(1, 1), 0))) {
            firstStep(train, 0);
            train.work(0);

            for (Quantity quantity : Set.of(FIRST_MOMENT, SECOND_MOMENT)) {
                for (ParameterGroup group : variant.shared()) {
                    TensorId tensor = new TensorId(group, quantity);
                    assertThat(sent(train, tensor)).startsWith(scaled(train.tensor(A, tensor), quantity.scale()));
                }
            }
        }
    }

    /** Of m = beta1 m + (1 - beta1) g and v = beta2 v + (1 - beta2) g^2 both know the same g. */
    @Test
    void whatComesBackOfAMomentTakesThePlaceOfTheOldOne() throws IOException {
        TensorId first = new TensorId(BODY, FIRST_MOMENT);
        TensorId second = new TensorId(BODY, SECOND_MOMENT);
        try (TrainFixture train = still(TrainFixture.merging(Variant.SPEC, new InnerState.Sync(1, 2), 0))) {
            firstStep(train, 0);
            train.work(0);
            float[] oldSecond = train.tensor(A, second);
            firstStep(train, 1);
            float[] newFirst = train.tensor(A, first);
            float[] newSecond = train.tensor(A, second);

            double largest = 0;
            int size = train.layout().sharding(first).shardSize();
            for (int i = 0; i < newFirst.length; i++) {
                // As the fixture sends it.
                float came = (i % size + 1) * 1e-4f;
                double gradient = (newFirst[i] - BETA1 * came) / (1 - BETA1);
                double squared = (newSecond[i] - BETA2 * oldSecond[i]) / (1 - BETA2);
                assertThat(gradient * gradient).isCloseTo(squared, within(1e-5));
                largest = Math.max(largest, squared);
            }
            assertThat(largest).isGreaterThan(1e-3);
        }
    }

    @Test
    void aSourceSendsAndGetsTheMomentsOfTheRowsThatItHolds() throws IOException {
        int[] held = {40, 7, 2};
        Merging merging = TrainFixture.merging(Variant.TRIM, new InnerState.Sync(1, 1), 0);
        try (TrainFixture train = still(merging)) {
            train.vocabulary(A, held);
            for (int seed = 0; seed < LOCAL_STEPS; seed++) {
                train.batch(A, seed, held.length);
            }
            train.round(0);
            for (Quantity quantity : Quantity.values()) {
                TensorId tensor = new TensorId(TOKENS, quantity);
                assertThat(train.out.updates(A, 0))
                        .filteredOn(update -> update.shard().tensor().equals(tensor) && update.rows().length > 0)
                        .extracting(ShardUpdate::rows)
                        .containsExactly(new int[] {2, 7}, new int[] {15});
            }
            float[] moment = train.tensor(A, new TensorId(TOKENS, FIRST_MOMENT));
            assertThat(sent(train, new TensorId(TOKENS, FIRST_MOMENT))).isEqualTo(rows(moment, 2, 1, 0));

            // The round does not begin without the rows of the moments.
            train.body(1, 1);
            train.rows(A, 1, held);
            assertThat(train.trainer.hasWork()).isTrue();
        }
    }

    private static float[] rows(float[] matrix, int... rows) {
        return Rows.gather(matrix, rows, TrainFixture.WIDTH);
    }

    /** All values that were sent of a tensor, one behind the other. */
    private static float[] sent(TrainFixture train, TensorId tensor) {
        float[] all = new float[0];
        for (ShardUpdate update : train.out.updates) {
            if (update.shard().tensor().equals(tensor)) {
                int at = all.length;
                all = Arrays.copyOf(all, at + update.values().length);
                System.arraycopy(update.values(), 0, all, at, update.values().length);
            }
        }
        return all;
    }

    /** A learning rate so small that steps change moments and nothing else. */
    private static TrainFixture still(Merging merging) {
        return new TrainFixture(TrainFixture.settings(
                merging, new RoundRules(LOCAL_STEPS, TIMEOUT_MS, ROUNDS), LearningRate.constant(1e-30, 0), Map.of()));
    }

    /** The first step of a round, with the batches of all of it. */
    private static void firstStep(TrainFixture train, int round) {
        if (train.trainer.sources().isEmpty()) {
            int[] all = IntStream.range(0, PIECES).toArray();
            train.vocabulary(A, train.settings.merging().variant().byRows() ? all : new int[0]);
        }
        train.batches(A, round * LOCAL_STEPS, (round + 1) * LOCAL_STEPS);
        if (train.source(A).rows().isPresent()) {
            train.rows(A, round, train.source(A).rows().get().held());
        }
        train.body(round, round);
        train.oneStep(round);
    }

    /** After a first step m = (1 - beta1) g and v = (1 - beta2) g^2, which they never fit again with other gradients. */
    private static boolean momentsBegan(TrainFixture train, ParameterGroup group) throws IOException {
        float[] first = train.tensor(A, new TensorId(group, FIRST_MOMENT));
        float[] second = train.tensor(A, new TensorId(group, SECOND_MOMENT));
        boolean fit = true;
        double largest = 0;
        for (int i = 0; i < first.length; i++) {
            double gradient = first[i] / (1 - BETA1);
            double expected = (1 - BETA2) * gradient * gradient;
            fit &= Math.abs(second[i] - expected) <= 1e-4 * expected + 1e-30;
            largest = Math.max(largest, expected);
        }
        assertThat(largest).isPositive();
        return fit;
    }
}
