package io.tributary.flow;

import static io.tributary.flow.TrainFixture.A;
import static io.tributary.flow.TrainFixture.B;
import static io.tributary.flow.TrainFixture.LOCAL_STEPS;
import static io.tributary.flow.TrainFixture.PIECES;
import static io.tributary.flow.TrainFixture.ROWS;
import static io.tributary.flow.TrainFixture.T;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.RoundReport.Participation;
import io.tributary.record.ShardRequest;
import io.tributary.record.Standing;
import io.tributary.record.Tokenized;
import io.tributary.record.Variant;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sources that are told to rest, to go on, to go; what their ledger says; and when they are read. */
class StandingsTest {
    private static final int[] HELD = {30, 3, 0, 49, 24, 101};
    private static final long BATCH_TOKENS = (long) ROWS * T;
    private static final long BATCH_BYTES = 40;

    @Test
    void aPausedSourceContributesWhatItHasAndGoesOnWhenItIsResumed() throws IOException {
        try (TrainFixture train = new TrainFixture(Variant.SPEC)) {
            begin(train, 6);
            train.vocabulary(B);
            train.batches(B, 0, 6);
            train.body(0, 0);
            train.oneStep(0);
            place(train, Standing.PAUSED);
            train.work(0);
            train.round(1);
            assertThat(train.out.report(A, 0).participation()).isEqualTo(Participation.PARTIAL);
            assertThat(train.out.updates(A, 1)).isEmpty();
            assertThat(train.out.updates(B, 1)).isNotEmpty();

            place(train, Standing.ACTIVE);
            train.round(2);
            assertThat(train.out.updates(A, 2)).isNotEmpty();
            train.round(3);
            assertThat(train.out.report(A, 2).participation()).isEqualTo(Participation.FULL);
        }
    }

    /** Nobody would make room in it, and what waits behind its batch in the input, a barrier too, would wait with it. */
    @Test
    void nobodyWaitsForRoomInTheQueueOfASourceThatRests() throws IOException {
        long limitBytes = 2L * BATCH_TOKENS * Integer.BYTES;
        try (TrainFixture train = new TrainFixture(TrainFixture.settings(Variant.SPEC, limitBytes))) {
            begin(train, 3);
            train.vocabulary(B);
            train.batches(B, 0, 3);
            train.body(0, 0);
            train.trainer.work(0);
            assertThat(train.trainer.hasWork()).isTrue();
            assertThat(train.trainer.mustWait(A)).isTrue();

            place(train, Standing.PAUSED);
            assertThat(train.trainer.hasWork()).isTrue();
            assertThat(train.trainer.mustWait(A)).isFalse();
            assertThat(train.trainer.mustWait(B)).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Variant.class,
            names = {"SPEC", "TRIM", "GLOB"})
    void aRetiredSourceIsInOneMoreSnapshotAndThenGone(Variant variant) throws IOException {
        try (TrainFixture train = new TrainFixture(variant)) {
            begin(train, 3);
            train.round(0);
            place(train, Standing.RETIRED);
            train.out.forget();
            train.round(1);

            assertThat(train.out.events).contains("snapshot 1");
            assertThat(train.out.report(A, 0).participation()).isEqualTo(Participation.FULL);
            assertThat(train.trainer.sources()).isEmpty();
            assertThat(train.trainer.models()).isEmpty();
            assertThat(train.trainer.rounds().knows(A)).isFalse();
            assertThat(train.trainer.known()).doesNotContain(A);
            assertThat(train.trainer.ledger())
                    .containsExactly(new Trained(A, Standing.RETIRED, 2 * BATCH_TOKENS, 80, BATCH_TOKENS, BATCH_BYTES));
            if (variant.byRows()) {
                assertThat(train.out.rowRequests())
                        .isNotEmpty()
                        .extracting(ShardRequest.Rows::rows)
                        .allMatch(rows -> rows.length == 0);
            }
        }
    }

    /** The body that comes back is one that it has contributed to, and that is in a snapshot already. */
    @Test
    void aRetiredSourceThatIsRestoredBeforeItsLastSnapshotIsInThatOne() throws IOException {
        try (TrainFixture train = new TrainFixture(Variant.SPEC)) {
            begin(train, 6);
            train.round(0);
            train.round(1);
            place(train, Standing.RETIRED);
            try (TrainFixture restored = train.restored(train.state())) {
                restored.round(1);
                assertThat(restored.trainer.sources()).containsKey(A);
                restored.round(2);
                assertThat(restored.out.events).contains("snapshot 2");
                assertThat(restored.trainer.sources()).isEmpty();
            }
        }
    }

    @Test
    void whatASourceWasToldOutlivesARestoreEvenBeforeItIsKnown() throws IOException {
        try (TrainFixture train = new TrainFixture(Variant.SPEC)) {
            place(train, Standing.PAUSED);
            train.trainer.accept(new Tokenized.Placed(B, Standing.RETIRED), 0);
            try (TrainFixture restored = train.restored(train.state())) {
                restored.trainer.announceAppetites();
                assertThat(restored.out.events).containsExactly("satisfied a", "satisfied b");
                begin(restored, LOCAL_STEPS);
                restored.round(0);
                assertThat(restored.out.updates(A, 0)).isEmpty();

                place(restored, Standing.ACTIVE);
                restored.work(0);
                assertThat(restored.out.updates(A, 0)).isNotEmpty();
            }
        }
    }

    @Test
    void aSourceIsSatisfiedWithHalfOfItsQueueAndHungryAgainAtAQuarter() throws IOException {
        int half = 12;
        long limitBytes = 2L * half * BATCH_TOKENS * Integer.BYTES;
        try (TrainFixture train = new TrainFixture(TrainFixture.settings(Variant.SPEC, limitBytes))) {
            train.vocabulary(A);
            train.batches(A, 0, half - 1);
            assertThat(train.out.events).doesNotContain("satisfied a");
            train.batches(A, half - 1, half + 3);
            assertThat(train.out.events).containsOnlyOnce("satisfied a");

            train.out.forget();
            long round = 0;
            while (!train.out.events.contains("hungry a")) {
                train.round(round++);
            }
            assertThat(train.source(A).queue()).hasSizeBetween(half / 2 - 2, half / 2);
            assertThat(train.out.events).doesNotContain("satisfied a");
        }
    }

    @Test
    void whatIsTrainedAndWhatIsQueuedIsAllThatCame() throws IOException {
        try (TrainFixture train = new TrainFixture(Variant.SPEC)) {
            begin(train, 5);
            train.body(0, 0);
            train.oneStep(0);
            assertThat(train.trainer.ledger())
                    .containsExactly(new Trained(
                            A, Standing.ACTIVE, BATCH_TOKENS, BATCH_BYTES, 4 * BATCH_TOKENS, 4 * BATCH_BYTES));
        }
    }

    /** Without its last line the ledger would show a source that was resumed as paused, and one that has gone as active. */
    @Test
    void theLedgerHasALineForWhatASourceWasToldBeforeItIsKnown() throws IOException {
        try (TrainFixture train = new TrainFixture(Variant.SPEC)) {
            place(train, Standing.PAUSED);
            train.trainer.accept(new Tokenized.Placed(B, Standing.RETIRED), 0);
            assertThat(train.trainer.ledger())
                    .containsExactly(
                            new Trained(A, Standing.PAUSED, 0, 0, 0, 0), new Trained(B, Standing.RETIRED, 0, 0, 0, 0));
            place(train, Standing.ACTIVE);
            assertThat(train.trainer.ledger()).contains(new Trained(A, Standing.ACTIVE, 0, 0, 0, 0));
            try (TrainFixture restored = train.restored(train.state())) {
                assertThat(restored.trainer.ledger())
                        .as("a line of before must not be undone")
                        .isEmpty();
            }
        }
    }

    private static void begin(TrainFixture train, int batches) {
        boolean rows = train.settings.merging().variant().byRows();
        train.vocabulary(A, rows ? HELD : new int[0]);
        for (int seed = 0; seed < batches; seed++) {
            train.batch(A, seed, rows ? HELD.length : PIECES);
        }
    }

    private static void place(TrainFixture train, Standing standing) {
        train.trainer.accept(new Tokenized.Placed(A, standing), 0);
    }
}
