package io.tributary.round;

import static io.tributary.record.RoundReport.Participation.FULL;
import static io.tributary.record.RoundReport.Participation.LATE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.RoundReport.Participation;
import io.tributary.record.SourceId;
import io.tributary.round.Action.Abstain;
import io.tributary.round.Action.Announce;
import io.tributary.round.Action.CloseRound;
import io.tributary.round.Action.Contribute;
import io.tributary.round.SourceRound.Status;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** One of two sources is chosen for each round. Two steps a round, 100 ms timeout, 10 tokens a step. */
final class SamplingRoundsTest {
    private static final SourceId A = new SourceId("a", 0);
    private static final SourceId B = new SourceId("b", 1);
    private static final RoundRules RULES =
            new RoundRules(2, 100, Long.MAX_VALUE, new Sampling(0.5, 1, Set.of(A, B)), Map.of());

    private final SubtaskRounds rounds = new SubtaskRounds(RULES);

    @Test
    void aSourceThatIsNotChosenNeitherTrainsNorIsAwaited() {
        long r = roundThatChooses(A, B);
        queue(A, 2, 0);
        queue(B, 2, 0);
        rounds.bodyArrived(r, 0);

        assertThat(step(1)).containsExactly(new Announce(r));
        assertThat(step(2)).containsExactly(contribution(A, r, r, FULL), new Abstain(B, r), new CloseRound(r));
        assertThat(rounds.nextTurn()).isEmpty();
        rounds.bodyArrived(r + 1, 3);
        assertThat(rounds.nextTurn()).contains(new Turn(B, r + 1, r + 1, true));
    }

    @Test
    void aSubtaskWithoutChosenSourcesPassesOnceItKnowsOfAContribution() {
        long r = roundThatChooses(A, A);
        queue(B, 2, 0);
        rounds.bodyArrived(r, 0);

        assertThat(rounds.nextTurn()).isEmpty();
        assertThat(rounds.deadlineMs()).hasValue(100);
        assertThat(rounds.participationHeard(r, 99)).containsExactly(new Abstain(B, r), new CloseRound(r));
        assertThat(rounds.deadlineMs()).isEmpty();
    }

    @Test
    void aSourceWithoutBatchesThatIsNotChosenNeedsNoDeadline() {
        long r = roundThatChooses(A, A);
        rounds.expect(B);
        rounds.bodyArrived(r, 0);
        assertThat(rounds.deadlineMs()).isEmpty();

        queue(B, 1, 7);
        assertThat(rounds.deadlineMs()).hasValue(107);
    }

    @Test
    void aRoundWhoseChosenSourcesHaveNoDataOpensToEveryoneAtTheDeadline() {
        long r = roundThatChooses(A, B);
        rounds.expect(A);
        queue(B, 3, 0);
        rounds.bodyArrived(r, 0);
        assertThat(rounds.nextTurn()).isEmpty();

        assertThat(rounds.timeout(100)).isEmpty();
        assertThat(rounds.nextTurn()).contains(new Turn(B, r, r, true));
        assertThat(step(101)).containsExactly(new Announce(r));
        assertThat(rounds.deadlineMs()).hasValue(201);
        assertThat(step(102)).containsExactly(contribution(B, r, r, FULL), new Abstain(A, r), new CloseRound(r));
        assertThat(rounds.nextTurn()).isEmpty();
    }

    @Test
    void aSourceThatWakesInARoundThatIsOpenToEveryoneBeginsAtOnce() {
        long r = roundThatChooses(A, A);
        rounds.expect(A);
        rounds.bodyArrived(r, 0);
        rounds.timeout(100);
        queue(B, 1, 500);

        assertThat(rounds.nextTurn()).contains(new Turn(B, r, r, true));
    }

    @Test
    void onlyTheRoundWhoseDeadlineHasPassedIsOpenToEveryone() {
        long r = roundThatChooses(A, A);
        queue(B, 3, 0);
        rounds.bodyArrived(r, 0);
        rounds.timeout(100);
        step(101);
        step(102);
        rounds.bodyArrived(r + 1, 200);

        assertThat(rounds.nextTurn()).isEmpty();
        assertThat(rounds.deadlineMs()).hasValue(300);
    }

    @Test
    void aRoundThatIsSureToHaveAContributionDoesNotOpen() {
        long r = roundThatChooses(A, B);
        rounds.expect(A);
        queue(B, 2, 0);
        rounds.bodyArrived(r, 0);
        assertThat(rounds.participationHeard(r, 50)).isEmpty();

        assertThat(rounds.timeout(100)).containsExactly(new Abstain(A, r), new Abstain(B, r), new CloseRound(r));
        assertThat(rounds.nextTurn()).isEmpty();
    }

    @Test
    void lateWorkBeginsOnlyIfBothDrawsChooseTheSource() {
        assertThat(lateTurnAfterRound(roundThatChooses(A, B))).isFalse();
        assertThat(lateTurnAfterRound(roundThatChooses(B, A))).isFalse();
        assertThat(lateTurnAfterRound(roundThatChooses(A, A))).isTrue();
    }

    /** Whether A, whose first batch comes after the subtask has passed the round, begins at once. */
    private static boolean lateTurnAfterRound(long round) {
        SubtaskRounds other = new SubtaskRounds(RULES);
        other.bodyArrived(round, 0);
        other.participationHeard(round, 1);
        other.batchQueued(A, 2);
        return other.nextTurn().isPresent();
    }

    @Test
    void aSourceThatWasInsideOfAnOpenedRoundGoesOnAfterARestore() {
        long r = roundThatChooses(A, A);
        rounds.restore(new SourceRound(B, Status.ACTIVE, r - 1, r, r, 1, 10, false), 3);

        assertThat(rounds.bodyArrived(r, 0)).containsExactly(new Announce(r));
        assertThat(rounds.deadlineMs()).hasValue(100);
        assertThat(rounds.nextTurn()).contains(new Turn(B, r, r, false));
        assertThat(step(1)).containsExactly(contribution(B, r, r, FULL), new CloseRound(r));
    }

    @Test
    void aSourceThatHasContributedToAnOpenedRoundCountsOnceAfterARestore() {
        long r = roundThatChooses(A, A);
        rounds.restore(new SourceRound(B, Status.ACTIVE, r, -1, -1, 0, 0, false), 3);

        assertThat(rounds.bodyArrived(r, 0)).containsExactly(new Announce(r), new CloseRound(r));
        assertThat(rounds.nextTurn()).isEmpty();
    }

    @Test
    void aRoundThatWasOpenedWithoutAStepOpensAgainAfterARestore() {
        long r = roundThatChooses(A, A);
        rounds.restore(new SourceRound(A, Status.DORMANT, r - 1, -1, -1, 0, 0, false), 0);
        rounds.restore(new SourceRound(B, Status.DORMANT, r - 1, -1, -1, 0, 0, false), 1);

        assertThat(rounds.bodyArrived(r, 0)).isEmpty();
        assertThat(rounds.nextTurn()).isEmpty();
        assertThat(rounds.timeout(100)).isEmpty();
        assertThat(step(101)).containsExactly(new Announce(r));
    }

    @Test
    void lateWorkOfASourceThatIsChosenNoMoreIsStillContributed() {
        long r = roundThatChooses(A, B);
        rounds.restore(new SourceRound(A, Status.ACTIVE, r - 1, r, r + 1, 1, 10, false), 1);

        assertThat(rounds.bodyArrived(r + 1, 0)).containsExactly(new Announce(r + 1));
        assertThat(step(1)).containsExactly(contribution(A, r + 1, r, LATE), new CloseRound(r + 1));
    }

    /** A round, not the first, that chooses {@code now}, while the next one chooses {@code next}. */
    private static long roundThatChooses(SourceId now, SourceId next) {
        Sampling sampling = RULES.sampling();
        return LongStream.iterate(1, r -> r + 1)
                .filter(r -> sampling.chosen(r, now) && sampling.chosen(r + 1, next))
                .findFirst()
                .orElseThrow();
    }

    private void queue(SourceId source, int batches, long nowMs) {
        IntStream.range(0, batches).forEach(i -> rounds.batchQueued(source, nowMs));
    }

    private List<Action> step(long nowMs) {
        return rounds.stepDone(rounds.nextTurn().orElseThrow(), 10, false, nowMs);
    }

    private static Contribute contribution(SourceId source, long round, long base, Participation kind) {
        return new Contribute(source, round, base, 2, 20, kind);
    }
}
