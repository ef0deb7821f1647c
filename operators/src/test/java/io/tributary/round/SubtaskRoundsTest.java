package io.tributary.round;

import static io.tributary.record.RoundReport.Participation.FULL;
import static io.tributary.record.RoundReport.Participation.LATE;
import static io.tributary.record.RoundReport.Participation.PARTIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.RoundReport.Participation;
import io.tributary.record.SourceId;
import io.tributary.round.Action.Abstain;
import io.tributary.round.Action.Announce;
import io.tributary.round.Action.CloseRound;
import io.tributary.round.Action.Contribute;
import io.tributary.round.SourceRound.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two steps a round, 100 ms timeout, 10 tokens a step. */
final class SubtaskRoundsTest {
    private static final SourceId A = new SourceId("a", 0);
    private static final SourceId B = new SourceId("b", 1);
    private static final SourceId C = new SourceId("c", 2);
    private static final RoundRules RULES = new RoundRules(2, 100, 10);

    private final SubtaskRounds rounds = new SubtaskRounds(RULES);

    @Test
    void aSourceContributesAfterItsLocalStepsAndTheSubtaskCloses() {
        rounds.expect(A);
        queue(A, 3, 0);

        assertThat(rounds.bodyArrived(0, 0)).isEmpty();
        assertThat(rounds.nextTurn()).contains(new Turn(A, 0, 0, true));
        assertThat(step(1)).containsExactly(new Announce(0));
        assertThat(rounds.nextTurn()).contains(new Turn(A, 0, 0, false));
        assertThat(step(2)).containsExactly(contribution(A, 0, 0, 2, FULL), new CloseRound(0));
        assertThat(rounds.nextTurn()).isEmpty();
        assertThat(rounds.deadlineMs()).isEmpty();
    }

    @Test
    void nothingTrainsBeforeTheFirstBody() {
        queue(A, 1, 0);

        assertThat(rounds.nextTurn()).isEmpty();
        assertThat(rounds.currentRound()).isEqualTo(SourceRound.NONE);
    }

    @Test
    void queuedBatchesBeginTheNextRoundFromItsBody() {
        runRoundZero();
        queue(A, 1, 5);

        assertThat(rounds.nextTurn()).isEmpty();
        rounds.bodyArrived(1, 6);
        assertThat(rounds.nextTurn()).contains(new Turn(A, 1, 1, true));
    }

    @Test
    void aBodyThatIsHereAlreadyIsIgnored() {
        runRoundZero();

        assertThat(rounds.bodyArrived(0, 50)).isEmpty();
        assertThat(rounds.nextTurn()).isEmpty();
    }

    @Test
    void aBodyThatDidNotWaitForThisSubtaskIsAnError() {
        rounds.expect(A);
        rounds.bodyArrived(0, 0);

        assertThatThrownBy(() -> rounds.bodyArrived(1, 1)).hasMessageContaining("without waiting for all subtasks");
    }

    @Test
    void sourcesTakeTurns() {
        List.of(C, A, B).forEach(source -> queue(source, 2, 0));
        rounds.bodyArrived(0, 0);
        List<SourceId> order = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            order.add(rounds.nextTurn().orElseThrow().source());
            step(i);
        }

        assertThat(order).containsExactly(A, B, C, A, B, C);
    }

    @Test
    void theSubtaskWaitsForAllActiveSources() {
        rounds.expect(B);
        queue(A, 2, 0);
        rounds.bodyArrived(0, 0);
        step(1);

        assertThat(step(2)).containsExactly(contribution(A, 0, 0, 2, FULL));
        queue(B, 2, 3);
        assertThat(step(4)).isEmpty();
        assertThat(step(5)).containsExactly(contribution(B, 0, 0, 2, FULL), new CloseRound(0));
    }

    @Test
    void atTheDeadlineStartedSourcesContributeWhatTheyHaveAndOthersAbstain() {
        rounds.expect(B);
        queue(A, 1, 0);
        rounds.bodyArrived(0, 7);
        step(8);

        assertThat(rounds.deadlineMs()).hasValue(107);
        assertThat(rounds.timeout(106)).isEmpty();
        assertThat(rounds.timeout(107))
                .containsExactly(contribution(A, 0, 0, 1, PARTIAL), new Abstain(B, 0), new CloseRound(0));
        assertThat(rounds.state(B).status()).isEqualTo(Status.DORMANT);
    }

    @Test
    void aDormantSourceIsNotAwaitedUntilItsNextBatch() {
        rounds.expect(B);
        queue(A, 5, 0);
        rounds.bodyArrived(0, 0);
        step(1);
        step(2);
        rounds.timeout(100);
        rounds.bodyArrived(1, 200);
        step(201);
        assertThat(step(202)).containsExactly(contribution(A, 1, 1, 2, FULL), new Abstain(B, 1), new CloseRound(1));

        rounds.bodyArrived(2, 300);
        queue(B, 1, 301);
        assertThat(rounds.nextTurn().orElseThrow().source()).isEqualTo(B);
        assertThat(rounds.deadlineMs()).hasValue(400);
        step(302);
        assertThat(step(303)).isEmpty();
        assertThat(rounds.timeout(400))
                .containsExactly(
                        contribution(A, 2, 2, 1, PARTIAL), contribution(B, 2, 2, 1, PARTIAL), new CloseRound(2));
    }

    @Test
    void aSubtaskWithoutActiveSourcesPassesOnceItKnowsOfAContribution() {
        assertThat(rounds.bodyArrived(0, 0)).isEmpty();
        assertThat(rounds.deadlineMs()).isEmpty();
        assertThat(rounds.participationHeard(0, 1)).containsExactly(new CloseRound(0));
        assertThat(rounds.participationHeard(0, 2)).isEmpty();
    }

    @Test
    void anAnnouncementMayComeBeforeItsBody() {
        assertThat(rounds.participationHeard(3, 0)).isEmpty();
        assertThat(rounds.bodyArrived(3, 1)).containsExactly(new CloseRound(3));
    }

    @Test
    void anAnnouncementOfAnEarlierRoundDoesNotLetARoundPass() {
        rounds.participationHeard(2, 0);

        assertThat(rounds.bodyArrived(3, 1)).isEmpty();
    }

    @Test
    void anAnnouncementDoesNotCutActiveSourcesShort() {
        rounds.expect(A);
        rounds.bodyArrived(0, 0);

        assertThat(rounds.participationHeard(0, 1)).isEmpty();
        assertThat(rounds.timeout(100)).containsExactly(new Abstain(A, 0), new CloseRound(0));
    }

    @Test
    void aSourceThatWakesInAnUndecidedRoundBeginsInItWithAFreshDeadline() {
        rounds.expect(A);
        rounds.bodyArrived(0, 0);
        assertThat(rounds.timeout(100)).isEmpty();
        assertThat(rounds.deadlineMs()).isEmpty();

        queue(A, 1, 500);
        assertThat(rounds.deadlineMs()).hasValue(600);
        assertThat(rounds.nextTurn()).contains(new Turn(A, 0, 0, true));
        assertThat(step(501)).containsExactly(new Announce(0));
        assertThat(rounds.participationHeard(0, 502)).isEmpty();
        assertThat(rounds.timeout(600)).containsExactly(contribution(A, 0, 0, 1, PARTIAL), new CloseRound(0));
    }

    @Test
    void lateWorkBeginsFromTheClosedRoundsBodyAndCountsInTheNextOne() {
        runRoundZero();
        queue(B, 3, 10);

        assertThat(rounds.nextTurn()).contains(new Turn(B, 0, 1, true));
        assertThat(step(11)).isEmpty();
        assertThat(rounds.bodyArrived(1, 20)).containsExactly(new Announce(1));
        assertThat(rounds.nextTurn()).contains(new Turn(B, 0, 1, false));
        assertThat(step(21)).containsExactly(contribution(B, 1, 0, 2, LATE));
        assertThat(rounds.nextTurn()).isEmpty();
    }

    @Test
    void lateWorkThatIsDoneEarlyWaitsForTheBodyOfItsRound() {
        runRoundZero();
        queue(B, 3, 10);
        step(11);

        assertThat(step(12)).isEmpty();
        assertThat(rounds.nextTurn()).isEmpty();
        assertThat(rounds.bodyArrived(1, 20)).containsExactly(new Announce(1), contribution(B, 1, 0, 2, LATE));
    }

    @Test
    void lateWorkIsClosedByTheDeadlineOfTheRoundThatItCountsIn() {
        runRoundZero();
        queue(B, 1, 10);
        step(11);
        rounds.bodyArrived(1, 20);

        assertThat(rounds.timeout(120))
                .containsExactly(contribution(B, 1, 0, 1, LATE), new Abstain(A, 1), new CloseRound(1));
    }

    @Test
    void aSourceThatMissedTheDeadlineWithBatchesInItsQueueIsAwaitedInTheNextRound() {
        queue(A, 2, 0);
        queue(B, 2, 0);
        rounds.bodyArrived(0, 0);
        step(99);
        rounds.timeout(100);
        assertThat(rounds.state(B).status()).isEqualTo(Status.DORMANT);

        rounds.bodyArrived(1, 101);
        assertThat(rounds.state(B).status()).isEqualTo(Status.ACTIVE);
    }

    @Test
    void aTurnThatWasOvertakenByABodyIsRefused() {
        runRoundZero();
        queue(B, 1, 10);
        Turn turn = rounds.nextTurn().orElseThrow();
        rounds.bodyArrived(1, 11);

        assertThatThrownBy(() -> rounds.stepDone(turn, 10, false, 12)).hasMessageContaining("no turn of now");
    }

    @Test
    void trainingEndsWithTheBodyOfTheLastRound() {
        queue(A, 5, 0);
        rounds.expect(B);

        assertThat(rounds.bodyArrived(10, 0)).isEmpty();
        assertThat(rounds.nextTurn()).isEmpty();
        assertThat(rounds.deadlineMs()).isEmpty();
        assertThat(rounds.participationHeard(10, 1)).isEmpty();
        assertThat(rounds.timeout(1000)).isEmpty();
        assertThat(rounds.repeatAnnouncement()).isEmpty();
    }

    @Test
    void noLateWorkBeginsForARoundThatWillNotBe() {
        rounds.bodyArrived(9, 0);
        rounds.participationHeard(9, 1);
        queue(A, 1, 2);

        assertThat(rounds.nextTurn()).isEmpty();
    }

    @Test
    void aSourceHasItsOwnSteps() {
        SubtaskRounds own = new SubtaskRounds(new RoundRules(2, 100, 10, Sampling.everyone(), Map.of(B, 3)));
        for (int i = 0; i < 4; i++) {
            own.batchQueued(A, 0);
            own.batchQueued(B, 0);
        }
        own.bodyArrived(0, 0);
        List<Action> actions = new ArrayList<>();
        while (own.nextTurn().isPresent()) {
            actions.addAll(own.stepDone(own.nextTurn().get(), 10, false, 1));
        }

        assertThat(actions)
                .containsExactly(
                        new Announce(0),
                        contribution(A, 0, 0, 2, FULL),
                        contribution(B, 0, 0, 3, FULL),
                        new CloseRound(0));
    }

    @Test
    void aSourceThatCannotGoOnContributesWhatItHasAndTrainsNoMoreInTheRound() {
        queue(A, 3, 0);
        queue(B, 2, 0);
        rounds.bodyArrived(0, 0);

        assertThat(lastStep(1)).containsExactly(new Announce(0), contribution(A, 0, 0, 1, PARTIAL));
        step(2);
        assertThat(step(3)).containsExactly(contribution(B, 0, 0, 2, FULL), new CloseRound(0));
        assertThat(rounds.nextTurn()).isEmpty();
        rounds.bodyArrived(1, 4);
        assertThat(rounds.nextTurn()).contains(new Turn(A, 1, 1, true));
    }

    @Test
    void aSourceThatCannotGoOnAfterItsLastStepHasAFullRound() {
        queue(A, 2, 0);
        rounds.bodyArrived(0, 0);
        step(1);

        assertThat(lastStep(2)).containsExactly(contribution(A, 0, 0, 2, FULL), new CloseRound(0));
    }

    @Test
    void lateWorkThatCannotGoOnWaitsForTheBodyOfItsRound() {
        runRoundZero();
        queue(B, 3, 10);

        assertThat(lastStep(11)).isEmpty();
        assertThat(rounds.nextTurn()).isEmpty();
        assertThat(rounds.bodyArrived(1, 20)).containsExactly(new Announce(1), contribution(B, 1, 0, 1, LATE));
        assertThat(rounds.nextTurn()).isEmpty();
    }

    @Test
    void restoredLateWorkThatCouldNotGoOnCannotGoOnInTheRoundOfItsBaseEither() {
        rounds.restore(new SourceRound(A, Status.ACTIVE, 2, 4, 5, 1, 10, true), 3);

        assertThat(rounds.bodyArrived(4, 0))
                .containsExactly(new Announce(4), contribution(A, 4, 4, 1, PARTIAL), new CloseRound(4));
    }

    @Test
    void aRestoredSubtaskSaysAgainWhatCheckpointsDoNotKeep() {
        rounds.restore(state(A, Status.ACTIVE, 4, -1, -1, 0), 0);
        rounds.restore(state(B, Status.DORMANT, 1, -1, -1, 0), 0);

        assertThat(rounds.bodyArrived(4, 0)).containsExactly(new Announce(4), new Abstain(B, 4), new CloseRound(4));
    }

    @Test
    void aSourceRestoredInMidRoundGoesOn() {
        rounds.restore(state(A, Status.ACTIVE, 3, 4, 4, 1), 1);

        assertThat(rounds.bodyArrived(4, 0)).containsExactly(new Announce(4));
        assertThat(rounds.nextTurn()).contains(new Turn(A, 4, 4, false));
        assertThat(step(1)).containsExactly(contribution(A, 4, 4, 2, FULL), new CloseRound(4));
    }

    @Test
    void restoredLateWorkGoesOnFromItsOldBase() {
        rounds.restore(state(A, Status.ACTIVE, 2, 4, 5, 1), 1);

        rounds.bodyArrived(5, 0);
        assertThat(rounds.nextTurn()).contains(new Turn(A, 4, 5, false));
    }

    @Test
    void restoredLateWorkCountsInTheRoundOfItsBaseWhenThatBodyComesBack() {
        rounds.restore(state(A, Status.ACTIVE, 2, 4, 5, 2), 0);

        assertThat(rounds.bodyArrived(4, 0))
                .containsExactly(new Announce(4), contribution(A, 4, 4, 2, FULL), new CloseRound(4));
    }

    @Test
    void bodyAndSourcesOfDifferentCheckpointsAreRefused() {
        rounds.restore(state(A, Status.ACTIVE, 3, 4, 4, 1), 0);
        assertThatThrownBy(() -> rounds.bodyArrived(5, 0)).hasMessageContaining("not of the same checkpoint");

        SubtaskRounds others = new SubtaskRounds(RULES);
        others.restore(state(A, Status.ACTIVE, 3, -1, -1, 0), 0);
        assertThatThrownBy(() -> others.bodyArrived(2, 0)).hasMessageContaining("not of the same checkpoint");
    }

    @Test
    void restoredSourcesAreNotExpectedAnew() {
        SourceRound dormant = state(A, Status.DORMANT, 3, -1, -1, 0);
        rounds.restore(dormant, 0);
        rounds.expect(A);

        assertThat(rounds.state(A)).isEqualTo(dormant);
        assertThatThrownBy(() -> rounds.restore(dormant, 0)).hasMessageContaining("twice");
    }

    @Test
    void anAnnouncementCanBeRepeatedOnlyByWhoTakesPart() {
        rounds.bodyArrived(0, 0);
        assertThat(rounds.repeatAnnouncement()).isEmpty();

        queue(A, 1, 1);
        step(2);
        assertThat(rounds.repeatAnnouncement()).containsExactly(new Announce(0));
    }

    @Test
    void aDamagedStateIsRefused() {
        assertThatThrownBy(() -> state(A, Status.ACTIVE, 4, 4, 4, 1)).hasMessageContaining("damaged");
        assertThatThrownBy(() -> state(A, Status.DORMANT, 3, 4, 4, 1)).hasMessageContaining("damaged");
        assertThatThrownBy(() -> state(A, Status.ACTIVE, 3, 4, 6, 1)).hasMessageContaining("damaged");
        assertThatThrownBy(() -> state(A, Status.ACTIVE, 3, 4, 4, 0)).hasMessageContaining("damaged");
        assertThatThrownBy(() -> new SourceRound(A, Status.ACTIVE, 3, -1, -1, 0, 0, true))
                .hasMessageContaining("(ended)");
    }

    @Test
    void rulesThatEndNoRoundAreRefused() {
        assertThatThrownBy(() -> new RoundRules(0, 1, 1)).hasMessageContaining("local step");
        assertThatThrownBy(() -> new RoundRules(1, 0, 1)).hasMessageContaining("0 ms");
        assertThatThrownBy(() -> new RoundRules(1, 1, -1)).hasMessageContaining("-1");
    }

    /** Source A has all its steps in round 0, and the subtask has closed it. */
    private void runRoundZero() {
        queue(A, 2, 0);
        rounds.bodyArrived(0, 0);
        step(1);
        step(2);
    }

    private void queue(SourceId source, int batches, long nowMs) {
        for (int i = 0; i < batches; i++) {
            rounds.batchQueued(source, nowMs);
        }
    }

    private List<Action> step(long nowMs) {
        return rounds.stepDone(rounds.nextTurn().orElseThrow(), 10, false, nowMs);
    }

    private List<Action> lastStep(long nowMs) {
        return rounds.stepDone(rounds.nextTurn().orElseThrow(), 10, true, nowMs);
    }

    private static Contribute contribution(SourceId source, long round, long base, int steps, Participation kind) {
        return new Contribute(source, round, base, steps, 10L * steps, kind);
    }

    private static SourceRound state(
            SourceId source, Status status, long lastContributed, long base, long round, int steps) {
        return new SourceRound(source, status, lastContributed, base, round, steps, 10L * steps, false);
    }
}
