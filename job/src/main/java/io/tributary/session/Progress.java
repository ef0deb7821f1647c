package io.tributary.session;

import java.util.OptionalLong;

/**
 * How far a run is.
 *
 * @param round that all its subtasks have reached, from 0 on
 * @param rounds of the run; empty for one without end
 */
public record Progress(long round, OptionalLong rounds) {
    /** Whether all rounds are done: the job waits to be stopped. */
    public boolean isOver() {
        return rounds.isPresent() && round >= rounds.getAsLong();
    }
}
