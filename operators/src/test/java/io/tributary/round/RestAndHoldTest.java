package io.tributary.round;

import static io.tributary.record.RoundReport.Participation.FULL;
import static io.tributary.record.RoundReport.Participation.PARTIAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.SourceId;
import io.tributary.round.Action.Abstain;
import io.tributary.round.Action.Announce;
import io.tributary.round.Action.CloseRound;
import io.tributary.round.Action.Contribute;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two steps a round, 100 ms timeout, 10 tokens a step. */
final class RestAndHoldTest {
    private static final SourceId A = new SourceId("a", 0);
    private static final SourceId B = new SourceId("b", 1);
    private static final long LATE_MS = 1_000_000;

    private final SubtaskRounds rounds = new SubtaskRounds(new RoundRules(2, 100, 10));

    @Test
    void aSourceThatRestsContributesWhatItHasAndNobodyWaitsForIt() {
        queue(A, 4);
        queue(B, 2);
        rounds.bodyArrived(0, 0);
        step(1);
        assertThat(rounds.rest(A, 2)).containsExactly(new Contribute(A, 0, 0, 1, 10, PARTIAL));
        step(3);
        assertThat(step(4)).containsExactly(new Contribute(B, 0, 0, 2, 20, FULL), new CloseRound(0));

        queue(B, 2);
        rounds.bodyArrived(1, 5);
        step(6);
        assertThat(step(7)).containsExactly(new Contribute(B, 1, 1, 2, 20, FULL), new Abstain(A, 1), new CloseRound(1));
    }

    @Test
    void aSourceThatIsWokenGoesOnWithWhatHasComeInMeanwhile() {
        rounds.rest(A, 0);
        queue(A, 2);
        rounds.bodyArrived(0, 0);
        assertThat(rounds.nextTurn()).isEmpty();

        rounds.wake(A, 7);
        assertThat(rounds.deadlineMs()).hasValue(107);
        step(8);
        assertThat(step(9)).containsExactly(new Contribute(A, 0, 0, 2, 20, FULL), new CloseRound(0));
    }

    @Test
    void aSourceThatRestsBeforeItsFirstStepHoldsUpNoRound() {
        queue(A, 2);
        queue(B, 2);
        rounds.bodyArrived(0, 0);
        rounds.rest(A, 1);

        step(2);
        assertThat(step(3)).containsExactly(new Contribute(B, 0, 0, 2, 20, FULL), new Abstain(A, 0), new CloseRound(0));
    }

    @Test
    void aSubtaskThatIsHeldEndsItsRoundAndBeginsNoOther() {
        queue(A, 4);
        rounds.bodyArrived(0, 0);
        step(1);
        assertThat(rounds.hold(LATE_MS, 2)).isEmpty();
        assertThat(rounds.border()).isEmpty();
        step(3);
        rounds.bodyArrived(1, 4);

        assertThat(rounds.border()).hasValue(1);
        assertThat(rounds.nextTurn()).isEmpty();
        assertThat(rounds.deadlineMs()).as("the end of the hold alone").hasValue(LATE_MS);
        assertThat(rounds.timeout(LATE_MS - 1)).isEmpty();
        assertThat(rounds.border()).hasValue(1);
    }

    @Test
    void aRoundThatAnotherSubtaskHasBegunIsTrainedAllTheSame() {
        queue(A, 4);
        rounds.hold(LATE_MS, 0);
        rounds.bodyArrived(0, 0);
        assertThat(rounds.border()).hasValue(0);

        rounds.participationHeard(0, 1);
        assertThat(rounds.border()).isEmpty();
        assertThat(step(2)).containsExactly(new Announce(0));
        step(3);
        rounds.bodyArrived(1, 4);
        assertThat(rounds.border()).hasValue(1);
    }

    @Test
    void noLateWorkBeginsWhileTheJobIsHeld() {
        queue(A, 2);
        rounds.bodyArrived(0, 0);
        step(1);
        rounds.hold(LATE_MS, 2);
        step(3);
        queue(B, 1);

        assertThat(rounds.nextTurn()).isEmpty();
        rounds.release(4);
        assertThat(rounds.nextTurn()).contains(new Turn(B, 0, 1, true));
    }

    @Test
    void aSubtaskThatIsReleasedGoesOnAndItsClockStartsThen() {
        queue(A, 2);
        rounds.hold(LATE_MS, 0);
        rounds.bodyArrived(0, 0);
        rounds.release(50);

        assertThat(rounds.border()).isEmpty();
        assertThat(rounds.deadlineMs()).hasValue(150);
        assertThat(step(51)).containsExactly(new Announce(0));
    }

    @Test
    void aHoldLapsesUnlessItIsRepeated() {
        queue(A, 2);
        rounds.hold(60, 0);
        rounds.bodyArrived(0, 0);
        rounds.hold(80, 20);
        rounds.timeout(60);
        assertThat(rounds.border()).hasValue(0);

        rounds.timeout(80);
        assertThat(rounds.border()).isEmpty();
        assertThat(rounds.deadlineMs()).as("the clock of the round starts then").hasValue(180);
        assertThat(step(81)).containsExactly(new Announce(0));
    }

    @Test
    void aHoldThatLapsesWhenTheRoundIsOverTimeEndsBoth() {
        queue(A, 1);
        rounds.bodyArrived(0, 0);
        step(1);
        rounds.hold(100, 2);

        assertThat(rounds.timeout(100)).containsExactly(new Contribute(A, 0, 0, 1, 10, PARTIAL), new CloseRound(0));
        assertThat(rounds.deadlineMs()).isEmpty();
    }

    @Test
    void aSourceThatHasGoneIsForgottenButNotInTheMiddleOfItsRound() {
        queue(A, 2);
        rounds.bodyArrived(0, 0);
        step(1);
        assertThatThrownBy(() -> rounds.forget(A)).hasMessageContaining("inside a round");

        rounds.rest(A, 2);
        rounds.forget(A);
        assertThat(rounds.knows(A)).isFalse();
        rounds.forget(B);
    }

    private void queue(SourceId source, int batches) {
        for (int i = 0; i < batches; i++) {
            rounds.batchQueued(source, 0);
        }
    }

    private List<Action> step(long nowMs) {
        return rounds.stepDone(rounds.nextTurn().orElseThrow(), 10, false, nowMs);
    }
}
