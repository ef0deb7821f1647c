package io.tributary.round;

import io.tributary.record.RoundReport.Participation;
import io.tributary.record.SourceId;

/**
 * Where one source stands. It moves with its source when the job is rescaled; all that a subtask knows beyond it can be
 * derived or is said again.
 *
 * @param lastContributedRound the newest round that it counted in, or {@link #NONE}
 * @param baseRound the body that its copy started from, or {@link #NONE} outside of a round
 * @param round the round that its steps will count in, {@code baseRound} or one later; or {@link #NONE}
 * @param steps steps since the base, 0 outside of a round; as are tokens
 * @param ended whether it cannot go on in this round, however few its steps; only inside of a round
 */
public record SourceRound(
        SourceId source,
        Status status,
        long lastContributedRound,
        long baseRound,
        long round,
        int steps,
        long tokens,
        boolean ended) {
    /** In place of a round: there was none yet. */
    public static final long NONE = -1;

    /** Whether rounds wait for a source. */
    public enum Status {
        /** Awaited until the deadline. */
        ACTIVE,
        /** Let a round pass without a step, so it is not awaited until it has a batch. */
        DORMANT
    }

    public SourceRound {
        boolean outside = steps == 0 && tokens == 0 && baseRound == NONE && round == NONE && !ended;
        boolean inside = steps > 0
                && tokens > 0
                && baseRound >= 0
                && (round == baseRound || round == baseRound + 1)
                && lastContributedRound < baseRound
                && status == Status.ACTIVE;
        if (lastContributedRound < NONE || !(outside || inside)) {
            throw new IllegalArgumentException(
                    ("%s cannot be %s with %d steps, %d tokens, base %d, round %d%s, after a contribution to round %d: "
                                    + "the state is damaged")
                            .formatted(
                                    source,
                                    status,
                                    steps,
                                    tokens,
                                    baseRound,
                                    round,
                                    ended ? " (ended)" : "",
                                    lastContributedRound));
        }
    }

    static SourceRound fresh(SourceId source) {
        return new SourceRound(source, Status.ACTIVE, NONE, NONE, NONE, 0, 0, false);
    }

    /** Whether it has taken a step that is not contributed yet. */
    public boolean inside() {
        return steps > 0;
    }

    /** Whether it has nothing more to train in its round, of which it may train {@code localSteps}. */
    boolean done(int localSteps) {
        return ended || steps >= localSteps;
    }

    Participation kind(int localSteps) {
        if (baseRound < round) {
            return Participation.LATE;
        }
        return steps < localSteps ? Participation.PARTIAL : Participation.FULL;
    }

    SourceRound withStatus(Status newStatus) {
        return new SourceRound(source, newStatus, lastContributedRound, baseRound, round, steps, tokens, ended);
    }

    SourceRound stepped(Turn turn, long stepTokens, boolean ends) {
        return new SourceRound(
                source,
                Status.ACTIVE,
                lastContributedRound,
                turn.baseRound(),
                turn.round(),
                steps + 1,
                tokens + stepTokens,
                ends);
    }

    /** It goes on in its round no more. */
    SourceRound ending() {
        return new SourceRound(source, status, lastContributedRound, baseRound, round, steps, tokens, inside());
    }

    SourceRound contributed() {
        return new SourceRound(source, status, round, NONE, NONE, 0, 0, false);
    }

    /**
     * The state at the arrival of a body. Late work that a restore takes back to the body it started from is late no
     * more, and counts in that body's round.
     */
    SourceRound atBody(long bodyRound) {
        if (inside() && baseRound == bodyRound) {
            return new SourceRound(source, status, lastContributedRound, baseRound, bodyRound, steps, tokens, ended);
        }
        if (lastContributedRound > bodyRound || (inside() && round != bodyRound)) {
            throw new IllegalStateException(
                    ("%s stands at base %d, round %d, last contribution %d, but the body is that of round %d: "
                                    + "body and sources are not of the same checkpoint")
                            .formatted(source, baseRound, round, lastContributedRound, bodyRound));
        }
        return this;
    }
}
