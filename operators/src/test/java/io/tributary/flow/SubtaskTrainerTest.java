package io.tributary.flow;

import static io.tributary.flow.TrainFixture.A;
import static io.tributary.flow.TrainFixture.B;
import static io.tributary.flow.TrainFixture.LOCAL_STEPS;
import static io.tributary.flow.TrainFixture.PIECES;
import static io.tributary.flow.TrainFixture.T;
import static io.tributary.flow.TrainFixture.TIMEOUT_MS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.Downstream;
import io.tributary.record.ParameterGroup;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.ShardUpdate;
import io.tributary.record.TensorId;
import io.tributary.record.Variant;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a Train subtask does where sources share the body alone. */
class SubtaskTrainerTest {
    private final TrainFixture train = new TrainFixture(Variant.SPEC);

    @AfterEach
    void close() {
        train.close();
    }

    @Test
    void aFullRoundAnnouncesContributesEveryShardAndCloses() {
        train.vocabulary(A);
        train.batches(A, 0, LOCAL_STEPS);
        train.round(0);

        assertThat(train.out.events).startsWith("announce 0").endsWith("close 0");
        TensorId body = TensorId.parameters(ParameterGroup.BODY);
        assertThat(train.out.updates)
                .hasSize(train.layout().sharding(body).count())
                .allSatisfy(update -> {
                    assertThat(update.round()).isZero();
                    assertThat(update.weight()).isEqualTo(1);
                });
        assertThat(train.out.updates)
                .anySatisfy(update -> assertThat(update.values()[0]).isNotZero());
    }

    @Test
    void theTimeoutSendsWhatThereIsWithLessWeight() {
        train.vocabulary(A);
        train.batches(A, 0, 1);
        train.round(0);
        assertThat(train.out.updates).isEmpty();

        train.trainer.deadline(1 + TIMEOUT_MS);

        assertThat(train.out.updates).isNotEmpty().allSatisfy(update -> assertThat(update.weight())
                .isEqualTo(0.5));
        train.round(1);
        assertThat(train.out.reports)
                .singleElement()
                .extracting(RoundReport::participation, RoundReport::steps)
                .containsExactly(Participation.PARTIAL, 1L);
    }

    @Test
    void aRoundIsJudgedAndKeptBeforeTheNextIsTrained() {
        train.vocabulary(A);
        train.batches(A, 0, 2 * LOCAL_STEPS);
        train.round(0);
        train.out.forget();
        train.round(1);

        assertThat(train.out.events).startsWith("report 0", "snapshot 1", "announce 1");
    }

    @Test
    void aBodyThatFollowsAtOnceFindsTheChoresOfTheOneBeforeDone() {
        train.vocabulary(A);
        train.batches(A, 0, LOCAL_STEPS);
        train.round(0);
        // A has no batch left: with another's participation it is only awaited until the deadline.
        train.trainer.receive(new Downstream.Participation(1), 2);
        train.body(1, 2);
        assertThat(train.out.events).doesNotContain("close 1");

        train.work(2);
        train.trainer.deadline(3 + TIMEOUT_MS);

        assertThat(train.out.events).containsSubsequence("report 0", "snapshot 1", "close 1");
    }

    @Test
    void validationIsOfTheHeldOutTextWithTheNewBody() {
        train.vocabulary(A);
        train.batches(A, 0, LOCAL_STEPS);
        train.heldOut(A, new int[T + 1]);
        train.vocabulary(B);
        train.batches(B, 0, LOCAL_STEPS);
        train.round(0);
        train.round(1);

        assertThat(train.out.report(A, 0).validationBitsPerByte()).isPositive();
        assertThat(train.out.report(B, 0).validationBitsPerByte()).isNaN();
    }

    @Test
    void lateWorkIsSentAgainstTheBodyThatItStartedFromAlsoAfterARestore() throws IOException {
        lateInRoundOne();
        byte[] state = train.state();
        finishRoundOne(train);

        try (TrainFixture again = train.restored(state)) {
            finishRoundOne(again);

            List<ShardUpdate> late = train.out.updates(B, 1);
            assertThat(late).isNotEmpty().allSatisfy(update -> assertThat(update.baseRound())
                    .isZero());
            assertThat(Recorder.bytes(again.out.updates(B, 1))).isEqualTo(Recorder.bytes(late));
        }
    }

    @Test
    void aBodyOfAnotherCheckpointIsRefused() throws IOException {
        train.vocabulary(A);
        train.batches(A, 0, 1);
        train.round(0);

        try (TrainFixture again = train.restored(train.state())) {
            assertThatThrownBy(() -> again.body(1, 0)).hasMessageContaining("not of the same checkpoint");
        }
    }

    @Test
    void workInTheMiddleOfARoundGoesOnAfterARestoreAsIfNothingHadHappened() throws IOException {
        train.vocabulary(A);
        train.batches(A, 0, LOCAL_STEPS);
        train.body(0, 0);
        train.oneStep(1);
        byte[] state = train.state();
        train.work(1);

        try (TrainFixture again = train.restored(state)) {
            again.round(0);

            assertThat(again.out.updates).isNotEmpty();
            assertThat(again.out.updateBytes()).isEqualTo(train.out.updateBytes());
        }
    }

    /** A has closed round 0; B came after that, and has taken one step from body 0 that counts in round 1. */
    private void lateInRoundOne() {
        train.vocabulary(A);
        train.batches(A, 0, LOCAL_STEPS);
        train.round(0);
        train.vocabulary(B);
        train.batches(B, 0, 1);
        train.work(2);
        assertThat(train.trainer.rounds().state(B).round()).isEqualTo(1);
    }

    private static void finishRoundOne(TrainFixture trainer) {
        trainer.body(1, 3);
        trainer.batch(B, 99, PIECES);
        trainer.work(4);
    }
}
