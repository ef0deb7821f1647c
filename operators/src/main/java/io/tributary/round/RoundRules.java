package io.tributary.round;

import io.tributary.record.SourceId;
import java.io.Serializable;
import java.util.Map;

/**
 * When a round ends.
 *
 * @param localSteps steps of a source in a round, N_local
 * @param timeoutMs how long a subtask waits for its sources, from the arrival of the round's body
 * @param maxRounds training ends with the body of this round: the last round that is trained is the one before; {@link
 *     Long#MAX_VALUE} for a run without end
 * @param sampling who takes part in a round
 * @param ownSteps steps of sources that differ from {@code localSteps}
 * @param inTurns whether sources train one model, so that the order of their steps is part of what comes out: then they
 *     take fixed turns, and one whose turn it is holds up the others until it has a batch or the time is out
 */
public record RoundRules(
        int localSteps,
        long timeoutMs,
        long maxRounds,
        Sampling sampling,
        Map<SourceId, Integer> ownSteps,
        boolean inTurns)
        implements Serializable {
    public RoundRules {
        ownSteps = Map.copyOf(ownSteps);
        if (ownSteps.values().stream().anyMatch(steps -> steps < 1)) {
            throw new IllegalArgumentException("A source has at least one step in a round: " + ownSteps);
        }
        if (localSteps < 1) {
            throw new IllegalArgumentException("A round has at least one local step, not " + localSteps);
        }
        if (inTurns && sampling.share() < 1) {
            throw new IllegalArgumentException(
                    "Sources that train one model all take part in every round, not a share of " + sampling.share());
        }
        if (timeoutMs < 1) {
            throw new IllegalArgumentException("The timeout of a round must be positive, not " + timeoutMs + " ms");
        }
        if (maxRounds < 0) {
            throw new IllegalArgumentException("A negative number of rounds: " + maxRounds);
        }
    }

    /** Every source in every round, with the same steps. */
    public RoundRules(int localSteps, long timeoutMs, long maxRounds) {
        this(localSteps, timeoutMs, maxRounds, Sampling.everyone(), Map.of());
    }

    /** Each source by itself. */
    public RoundRules(
            int localSteps, long timeoutMs, long maxRounds, Sampling sampling, Map<SourceId, Integer> ownSteps) {
        this(localSteps, timeoutMs, maxRounds, sampling, ownSteps, false);
    }

    /**
     * Sources that train one model, in turns.
     *
     * @param steps of each source, which add up to the steps of a round
     */
    public static RoundRules mixture(long timeoutMs, long maxRounds, Map<SourceId, Integer> steps) {
        int localSteps = steps.values().stream().mapToInt(Integer::intValue).sum();
        return new RoundRules(localSteps, timeoutMs, maxRounds, Sampling.everyone(), steps, true);
    }

    /** Whether rounds go on until the job is stopped. */
    public boolean endless() {
        return maxRounds == Long.MAX_VALUE;
    }

    /** Steps of this source in a round. */
    public int steps(SourceId source) {
        return ownSteps.getOrDefault(source, localSteps);
    }
}
