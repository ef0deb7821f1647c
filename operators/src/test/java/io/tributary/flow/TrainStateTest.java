package io.tributary.flow;

import static io.tributary.flow.TrainFixture.A;
import static io.tributary.flow.TrainFixture.B;
import static io.tributary.flow.TrainFixture.LOCAL_STEPS;
import static io.tributary.flow.TrainFixture.PIECES;
import static io.tributary.flow.TrainFixture.T;
import static io.tributary.flow.TrainFixture.atA;
import static io.tributary.flow.TrainFixture.second;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.failure.Failure;
import io.tributary.merge.InnerState;
import io.tributary.merge.Merging;
import io.tributary.model.LearningRate;
import io.tributary.record.RoundReport;
import io.tributary.record.SourceId;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A subtask that is restored from a state sends, bit for bit, what the one that wrote it goes on to send. */
class TrainStateTest {
    private static final int[] HELD = {30, 3, 0, 49, 24, 101};
    private static final int[] MORE = {26, 200};

    @ParameterizedTest
    @EnumSource(Variant.class)
    void workInTheMiddleOfARoundGoesOn(Variant variant) throws IOException {
        try (TrainFixture train = new TrainFixture(variant)) {
            begin(train, A);
            begin(train, second(variant));
            train.rows(A, 0, train.held(A));
            train.rows(second(variant), 0, train.held(second(variant)));
            train.body(0, 0);
            train.oneStep(0);
            train.oneStep(0);
            train.oneStep(0);
            assertThat(train.source(second(variant)).tally().steps()).isOne();
            assertSameRest(train, after -> {
                after.round(0);
                after.round(1);
            });
        }
    }

    @ParameterizedTest
    @EnumSource(value = Variant.class, names = "STD", mode = EnumSource.Mode.EXCLUDE)
    void lateWorkGoesOnFromItsBase(Variant variant) throws IOException {
        try (TrainFixture train = new TrainFixture(variant)) {
            lateInRoundOne(train, variant);
            assertSameRest(train, after -> after.round(1));
            assertThat(train.out.updates(second(variant), 1))
                    .isNotEmpty()
                    .allSatisfy(update -> assertThat(update.baseRound()).isZero());
        }
    }

    /** The round that was closed because of work that the restore took back is still to be merged. */
    @ParameterizedTest
    @EnumSource(value = Variant.class, names = "STD", mode = EnumSource.Mode.EXCLUDE)
    void lateWorkThatIsTakenBackToItsBaseCountsInThatRound(Variant variant) throws IOException {
        try (TrainFixture train = new TrainFixture(variant)) {
            lateInRoundOne(train, variant);
            try (TrainFixture restored = train.restored(train.state())) {
                restored.round(0);

                assertThat(restored.out.updates(second(variant), 0))
                        .isNotEmpty()
                        .allSatisfy(update -> assertThat(update.baseRound()).isZero());
            }
        }
    }

    @Test
    void lateWorkThatHasEndedItsRoundGrowsAfterTheRestore() throws IOException {
        try (TrainFixture train = new TrainFixture(Variant.TRIM)) {
            begin(train, A);
            train.round(0);
            train.batch(A, 5, HELD.length);
            train.batch(A, 6, HELD.length);
            train.vocabulary(B, HELD);
            train.batch(B, 7, HELD.length, MORE);
            train.batch(B, 8, HELD.length + MORE.length);
            train.rows(B, 0, HELD);
            train.work(0);
            assertThat(train.source(B).growth()).isEqualTo(MORE);
            assertThat(train.out.updates(B, 1)).isEmpty();

            assertSameRest(train, after -> {
                after.round(1);
                after.round(2);
            });
            assertThat(train.source(B).model().pieces()).isEqualTo(HELD.length + MORE.length);
            assertThat(train.out.updates(B, 1)).isNotEmpty();
        }
    }

    @Test
    void aSourceThatHasGrownBeginsTheNextRoundWithAllItsRows() throws IOException {
        try (TrainFixture train = new TrainFixture(Variant.TRIM)) {
            train.vocabulary(A, HELD);
            train.batch(A, 0, HELD.length, MORE);
            train.batch(A, 1, HELD.length + MORE.length);
            train.batch(A, 2, HELD.length + MORE.length);
            train.round(0);

            assertSameRest(train, after -> after.round(1));
        }
    }

    @Test
    void aSourceThatHasNotJoinedIsAwaitedByNobodyAfterTheRestoreEither() throws IOException {
        try (TrainFixture train = new TrainFixture(Variant.TRIM)) {
            begin(train, A);
            begin(train, B);
            train.rows(A, 0, HELD);
            train.body(0, 0);
            train.work(0);
            try (TrainFixture restored = train.restored(train.state())) {
                restored.trainer.requestRows();
                assertThat(restored.out.rowRequests())
                        .extracting(request ->
                                request.source().name() + request.shard().index())
                        .containsExactly("a0", "a1", "a4", "b0", "b1", "b4");
                assertThat(restored.out.rowRequests()).allMatch(request -> request.fromRound() == 0);

                restored.rows(A, 1, HELD);
                restored.body(1, 1);
                restored.work(1);
                assertThat(restored.out.report(A, 0).steps()).isEqualTo(LOCAL_STEPS);
                assertThat(restored.trainer.rounds().knows(B)).isFalse();

                restored.rows(B, 1, HELD);
                restored.work(1);
                assertThat(restored.out.updates(B, 1)).isNotEmpty();
            }
        }
    }

    @Test
    void aListedSourceThatARoundHasWaitedForInVainIsNotAwaitedAfterTheRestoreEither() throws IOException {
        try (TrainFixture train = new TrainFixture(Variant.SPEC)) {
            train.trainer.rounds().expect(B);
            begin(train, A);
            train.round(0);
            assertThat(train.trainer.rounds().waitsForBody()).isFalse();
            try (TrainFixture restored = train.restored(train.state())) {
                restored.round(0);
                assertThat(restored.trainer.rounds().waitsForBody())
                        .as("it is still awaited in the round in which it was")
                        .isFalse();
            }

            train.trainer.deadline(TrainFixture.TIMEOUT_MS);
            assertThat(train.trainer.rounds().waitsForBody()).isTrue();
            try (TrainFixture restored = train.restored(train.state())) {
                restored.round(0);
                assertThat(restored.trainer.rounds().waitsForBody()).isTrue();
                begin(restored, B);
                restored.work(0);
                assertThat(restored.trainer.rounds().state(B).round()).isEqualTo(1);
            }
        }
    }

    @Test
    void aModelOfSeveralSourcesIsWrittenOnce() throws IOException {
        int one = stateSize(Variant.STD, A);
        int both = stateSize(Variant.STD, A, atA(B));
        int apart = stateSize(Variant.SINGLE, A, atA(B)) - stateSize(Variant.SINGLE, A);

        // Three floats for each of the body's parameters alone.
        long model = 3 * Float.BYTES * TrainFixture.SHAPE.bodyParameters();
        assertThat((long) both - one).isLessThan(model);
        assertThat((long) apart).isGreaterThan(model);
    }

    @Test
    void sourcesThatTrainOneModelDoSoAfterARestore() throws IOException {
        try (TrainFixture train = new TrainFixture(Variant.STD)) {
            begin(train, A);
            begin(train, atA(B));
            train.round(0);
            try (TrainFixture restored = train.restored(train.state())) {
                assertThat(restored.source(A).model())
                        .isSameAs(restored.source(atA(B)).model());
                assertThat(restored.source(A).model().steps()).isEqualTo(4);
            }
        }
    }

    @Test
    void momentsThatAreMergedOutliveARestoreInTheMiddleOfTheRoundThatBeganWithThem() throws IOException {
        try (TrainFixture train = new TrainFixture(
                TrainFixture.settings(TrainFixture.merging(Variant.TRIM, new InnerState.Sync(1, 1), 0)))) {
            begin(train, A);
            train.batch(A, 5, HELD.length);
            train.batch(A, 6, HELD.length);
            train.round(0);
            train.rows(A, 1, HELD);
            train.body(1, 1);
            train.oneStep(1);

            assertSameRest(train, after -> after.round(1));
        }
    }

    @Test
    void theStateOfAnotherVariantIsRefused() throws IOException {
        try (TrainFixture train = new TrainFixture(Variant.SPEC);
                TrainFixture glob = new TrainFixture(Variant.GLOB)) {
            begin(train, A);
            byte[] state = train.state();

            assertThatThrownBy(() -> new TrainState(glob.trainer).read(0, new ByteArrayInputStream(state)))
                    .hasMessageContaining("variant");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"SPEC", "TRIM"})
    void anotherSizeOfVocabulariesIsRefusedWhereOneIsShared(Variant variant) throws IOException {
        try (TrainFixture train = new TrainFixture(variant);
                TrainFixture other = new TrainFixture(TrainFixture.morePieces(train.settings))) {
            begin(train, A);
            byte[] state = train.state();
            if (variant == Variant.TRIM) {
                assertThatThrownBy(() -> new TrainState(other.trainer).read(0, new ByteArrayInputStream(state)))
                        .hasMessageContaining((PIECES + 3) + " rows of a shared vocabulary, but the job has")
                        .hasMessageContaining((PIECES + 9) + " rows of a shared vocabulary: keep these settings");
            } else {
                new TrainState(other.trainer).read(0, new ByteArrayInputStream(state));
                assertThat(other.source(A).queue()).hasSize(LOCAL_STEPS);
            }
        }
    }

    @Test
    void anotherSequenceLengthOfASourceIsRefused() throws IOException {
        RoundRules rules = new RoundRules(LOCAL_STEPS, TrainFixture.TIMEOUT_MS, 10);
        try (TrainFixture train = new TrainFixture(Variant.SPEC);
                TrainFixture other = new TrainFixture(TrainFixture.settings(
                        Merging.averaging(Variant.SPEC, 200),
                        rules,
                        LearningRate.constant(1e-2, 1),
                        Map.of(A.name(), T - 1)))) {
            begin(train, A);
            byte[] state = train.state();
            assertThatThrownBy(() -> other.read(state))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining(
                            "rows of %d tokens in the savepoint and of %d in the settings".formatted(T, T - 1));
        }
    }

    @Test
    void aStateWithOneFlippedBitIsRefused() throws IOException {
        try (TrainFixture train = new TrainFixture(Variant.SPEC);
                TrainFixture other = new TrainFixture(Variant.SPEC)) {
            begin(train, A);
            byte[] state = train.state();
            state[state.length / 2] ^= 1;
            assertThatThrownBy(() -> new TrainState(other.trainer).read(0, new ByteArrayInputStream(state)))
                    .hasMessageContaining("is damaged");
        }
    }

    /** Goes on here and in a subtask that is restored, in the same way. */
    private static void assertSameRest(TrainFixture train, Consumer<TrainFixture> rest) throws IOException {
        byte[] state = train.state();
        train.out.forget();
        rest.accept(train);
        try (TrainFixture restored = train.restored(state)) {
            rest.accept(restored);

            assertThat(restored.out.updates).isNotEmpty();
            assertThat(restored.out.updateBytes()).isEqualTo(train.out.updateBytes());
            assertThat(timeless(restored.out.reports)).isEqualTo(timeless(train.out.reports));
            assertThat(restored.state().length).isEqualTo(train.state().length);
        }
    }

    /** Without speeds, and without traffic: after a restore parameters travel once more. */
    private static List<RoundReport> timeless(List<RoundReport> reports) {
        return reports.stream()
                .map(r -> new RoundReport(
                        r.round(),
                        r.source(),
                        r.participation(),
                        r.steps(),
                        r.tokens(),
                        r.bytes(),
                        r.totalTokens(),
                        r.trainLoss(),
                        r.validationBitsPerByte(),
                        r.unigramBitsPerByte(),
                        r.vocabularySize(),
                        0,
                        r.flopsPerToken(),
                        r.queuedBatches(),
                        List.of()))
                .toList();
    }

    /** A has closed round 0; the other source came after that, and has taken one step from body 0 that counts in round 1. */
    private static void lateInRoundOne(TrainFixture train, Variant variant) {
        begin(train, A);
        train.round(0);
        SourceId other = second(variant);
        begin(train, other);
        train.rows(other, 0, train.held(other));
        train.oneStep(0);
        assertThat(train.trainer.rounds().state(other).round()).isEqualTo(1);
    }

    /** With the batches of one round. */
    private static void begin(TrainFixture train, SourceId source) {
        boolean rows = train.settings.merging().variant().byRows();
        train.vocabulary(source, rows ? HELD : new int[0]);
        train.heldOut(source, new int[T + 1]);
        for (int seed = 0; seed < LOCAL_STEPS; seed++) {
            train.batch(source, seed, rows ? HELD.length : PIECES);
        }
    }

    private static int stateSize(Variant variant, SourceId... sources) throws IOException {
        try (TrainFixture train = new TrainFixture(variant)) {
            for (SourceId source : sources) {
                begin(train, source);
            }
            return train.state().length;
        }
    }
}
