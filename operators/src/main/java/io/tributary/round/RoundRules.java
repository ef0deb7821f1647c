package io.tributary.round;

import java.io.Serializable;

/**
 * When a round ends.
 *
 * @param localSteps steps of a source in a round, N_local
 * @param timeoutMs how long a subtask waits for its sources, from the arrival of the round's body
 * @param maxRounds training ends with the body of this round: the last round that is trained is the one before
 */
public record RoundRules(int localSteps, long timeoutMs, long maxRounds) implements Serializable {
    public RoundRules {
        if (localSteps < 1) {
            throw new IllegalArgumentException("A round has at least one local step, not " + localSteps);
        }
        if (timeoutMs < 1) {
            throw new IllegalArgumentException("The timeout of a round must be positive, not " + timeoutMs + " ms");
        }
        if (maxRounds < 0) {
            throw new IllegalArgumentException("A negative number of rounds: " + maxRounds);
        }
    }
}
