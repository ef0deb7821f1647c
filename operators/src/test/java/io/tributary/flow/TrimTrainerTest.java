package io.tributary.flow;

import static io.tributary.flow.TrainFixture.A;
import static io.tributary.flow.TrainFixture.B;
import static io.tributary.flow.TrainFixture.LOCAL_STEPS;
import static io.tributary.flow.TrainFixture.T;
import static io.tributary.flow.TrainFixture.WIDTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.record.ParameterGroup;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.ShardId;
import io.tributary.record.ShardRequest;
import io.tributary.record.ShardUpdate;
import io.tributary.record.TensorId;
import io.tributary.record.Variant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a Train subtask does where a source holds only some rows of the token embeddings. */
class TrimTrainerTest {
    private static final TensorId TOKENS = TensorId.parameters(ParameterGroup.TOKENS);
    /** In the shards 0, 1 and 4 of 25 rows each, in the order of the source's own ids. */
    private static final int[] HELD = {30, 3, 0, 49, 24, 101};

    private static final int[] MORE = {26, 200};
    private static final int[] GROWN =
            IntStream.concat(Arrays.stream(HELD), Arrays.stream(MORE)).toArray();

    private final TrainFixture train = new TrainFixture(Variant.TRIM);

    @AfterEach
    void close() {
        train.close();
    }

    @Test
    void aSourceAsksForExactlyTheRowsThatItHolds() {
        train.vocabulary(A, HELD);

        assertThat(train.out.rowRequests())
                .usingRecursiveFieldByFieldElementComparator()
                .containsExactly(asks(0, 0, 0, 3, 24), asks(1, 0, 5, 24), asks(4, 0, 1));
    }

    @Test
    void nobodyWaitsForASourceUntilAllItsRowsOfOneRoundAreHere() {
        train.vocabulary(A, HELD);
        train.vocabulary(B, HELD);
        train.batch(A, 0, HELD.length);
        train.batch(A, 1, HELD.length);
        train.batch(B, 0, HELD.length);
        train.rows(A, 0, HELD);
        // Of B one shard is missing.
        train.rowsShard(B, shard(0), 0, 0, 3, 24);
        train.rowsShard(B, shard(1), 0, 5, 24);
        train.body(0, 0);
        train.work(0);

        assertThat(train.trainer.rounds().knows(B)).isFalse();
        assertThat(train.out.events).contains("close 0");
        assertThat(train.out.updates(B, 0)).isEmpty();

        // The rest of an older round does not complete those of a newer one, nor those of different rounds each other.
        train.rows(A, 1, HELD);
        train.rowsShard(B, shard(4), 1, 1);
        train.body(1, 1);
        train.rowsShard(B, shard(4), 0, 1);
        train.rowsShard(B, shard(0), 1, 0, 3, 24);
        train.work(1);
        assertThat(train.trainer.rounds().knows(B)).isFalse();

        train.rowsShard(B, shard(1), 1, 5, 24);
        train.work(1);
        assertThat(train.trainer.rounds().state(B).baseRound()).isEqualTo(1);
    }

    @Test
    void aRoundBeginsOnlyWithTheRowsOfAllThatHaveJoined() {
        begin(2 * LOCAL_STEPS);
        train.round(0);
        train.out.forget();

        train.body(1, 1);
        train.rowsShard(A, shard(0), 1, 0, 3, 24);
        train.rowsShard(A, shard(1), 1, 5, 24);
        assertThat(train.trainer.hasWork()).isFalse();

        train.rowsShard(A, shard(4), 1, 1);
        train.work(1);
        assertThat(train.out.events).startsWith("report 0", "snapshot 1", "announce 1");
    }

    @Test
    void anUpdateHasTheIdsAndTheChangesOfTheHeldRowsAndNothingOfShardsWithoutAny() {
        begin(LOCAL_STEPS);
        train.round(0);

        List<ShardUpdate> tokens = train.out.updates.stream()
                .filter(update -> update.shard().tensor().equals(TOKENS))
                .toList();
        assertThat(tokens).hasSize(train.layout().sharding(TOKENS).count());
        for (ShardUpdate update : tokens) {
            int shard = update.shard().index();
            int[] rows = rowsIn(shard, HELD);
            assertThat(update.rows()).isEqualTo(rows);
            assertThat(update.values()).hasSize(rows.length * WIDTH);
        }
    }

    /** With the whole table in place of the rows, and ids that mean the same, the numbers are those of GLOB. */
    @Test
    void aSourceThatHoldsEveryRowSendsWhatItWouldSendOfTheWholeTable() {
        int[] all = IntStream.range(0, TrainFixture.PIECES).toArray();
        try (TrainFixture glob = new TrainFixture(Variant.GLOB)) {
            glob.vocabulary(A);
            glob.batches(A, 0, LOCAL_STEPS);
            glob.round(0);
            train.vocabulary(A, all);
            train.batches(A, 0, LOCAL_STEPS);
            train.round(0);

            assertThat(train.out.updates).hasSameSizeAs(glob.out.updates);
            for (int i = 0; i < train.out.updates.size(); i++) {
                float[] whole = glob.out.updates.get(i).values();
                float[] rows = train.out.updates.get(i).values();
                // Of the table's last rows, beyond the vocabulary, there is no change.
                assertThat(whole).isEqualTo(Arrays.copyOf(rows, whole.length));
            }
            assertThat(train.out.updates).anySatisfy(update -> {
                assertThat(update.shard().tensor()).isEqualTo(TOKENS);
                assertThat(update.values()[0]).isNotZero();
            });
        }
    }

    @Test
    void aBatchThatGrowsTheVocabularyEndsTheRoundOfItsSource() {
        train.vocabulary(A, HELD);
        train.batch(A, 0, HELD.length, MORE);
        train.batch(A, 1, GROWN.length);
        train.round(0);

        assertThat(train.out.updates(A, 0)).isNotEmpty().allSatisfy(update -> {
            int[] rows = update.shard().tensor().equals(TOKENS)
                    ? rowsIn(update.shard().index(), HELD)
                    : new int[] {0};
            assertThat(update.rows()).isEqualTo(rows);
            assertThat(update.weight()).isEqualTo(rows.length == 0 ? 1 : 0.5);
        });
        assertThat(train.out.rowRequests())
                .usingRecursiveFieldByFieldElementComparator()
                .endsWith(asks(4, 0, 1), asks(1, 1, 1, 5, 24), asks(8, 1, 0));
        assertThat(train.out.events).contains("close 0");
    }

    @Test
    void theNextRoundBeginsWithTheNewRowsAndNotBefore() {
        train.vocabulary(A, HELD);
        train.batch(A, 0, HELD.length, MORE);
        train.batch(A, 1, GROWN.length);
        train.batch(A, 2, GROWN.length);
        train.round(0);
        train.out.forget();

        // The outer step may merge the round before it hears of the new rows.
        train.body(1, 1);
        train.rows(A, 1, HELD);
        assertThat(train.trainer.hasWork()).isFalse();
        train.rows(A, 1, GROWN);
        train.work(1);

        assertThat(train.out.report(A, 0))
                .extracting(RoundReport::participation, RoundReport::steps, RoundReport::vocabularySize)
                .containsExactly(Participation.PARTIAL, 1L, GROWN.length);
        Set<Integer> sent = train.out.updates(A, 1).stream()
                .filter(update -> update.shard().tensor().equals(TOKENS))
                .flatMap(update -> Arrays.stream(update.rows())
                        .mapToObj(row -> update.shard().index() * train.layout().rowsOfAShard() + row))
                .collect(Collectors.toSet());
        assertThat(sent)
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(GROWN).boxed().toList());
    }

    @Test
    void rowsOfTheNextRoundThatComeBeforeTheGrowthIsKnownAreNotEnough() {
        train.vocabulary(A, HELD);
        train.batch(A, 0, HELD.length, MORE);
        train.round(0);

        train.rows(A, 1, HELD);
        train.body(1, 1);
        train.rowsShard(A, shard(1), 1, 1, 5, 24);

        assertThat(train.trainer.hasWork()).isFalse();
        assertThat(train.trainer.rounds().currentRound()).isZero();
    }

    @Test
    void heldOutTextInPiecesOfALaterRoundIsLeftOutUntilTheyAreHeld() {
        int[] early = new int[T + 1];
        int[] later = new int[T + 1];
        Arrays.fill(later, GROWN.length - 1);
        begin(LOCAL_STEPS);
        train.heldOut(A, early);
        train.heldOut(A, later);
        train.batch(A, 9, HELD.length, MORE);
        train.round(0);
        train.rows(A, 1, HELD);
        train.body(1, 1);
        train.trainer.work(1);
        assertThat(train.out.report(A, 0).validationBitsPerByte()).isCloseTo(bits(early) / 10, within(1e-6));

        train.work(1);
        train.round(2);
        assertThat(train.out.report(A, 1).validationBitsPerByte())
                .isCloseTo((bits(early) + bits(later)) / 20, within(1e-6));
    }

    /** Of a row of ten bytes with the parameters that the current round starts from. */
    private double bits(int[] tokensT1) {
        return train.source(A).model().evaluate(train.trainer.store().current().orElseThrow(), tokensT1, 1)
                / Math.log(2);
    }

    private void begin(int batches) {
        train.vocabulary(A, HELD);
        for (int seed = 0; seed < batches; seed++) {
            train.batch(A, seed, HELD.length);
        }
    }

    private static ShardId shard(int index) {
        return new ShardId(TOKENS, index);
    }

    private static ShardRequest.Rows asks(int shard, long fromRound, int... rows) {
        return new ShardRequest.Rows(shard(shard), A, rows, fromRound);
    }

    /** Counted from the shard's first row, ascending. */
    private static int[] rowsIn(int shard, int[] held) {
        return Arrays.stream(held)
                .filter(row -> row / 25 == shard)
                .map(row -> row % 25)
                .sorted()
                .toArray();
    }
}
