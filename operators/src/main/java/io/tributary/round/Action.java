package io.tributary.round;

import io.tributary.record.RoundReport.Participation;
import io.tributary.record.SourceId;

/** What a Train subtask has to do after an event, in the order of the list. */
public sealed interface Action {
    /** The round that it speaks of; as a timestamp on the stream where it leads to records. */
    long round();

    /**
     * Sends what a source learnt, trained minus base parameters, with the timestamp {@code round}.
     *
     * @param steps how many steps it took, at least one
     * @param tokens how many tokens it trained
     */
    record Contribute(SourceId source, long round, long baseRound, int steps, long tokens, Participation kind)
            implements Action {}

    /**
     * Reports that a source has no part in a round. Of every source that a subtask knows when it closes a round there is
     * either this or {@link Contribute}; after a restore it may be said again, or be overruled by a contribution.
     */
    record Abstain(SourceId source, long round) implements Action {}

    /** Tells all subtasks that the round will have a contribution. */
    record Announce(long round) implements Action {}

    /** Sends the watermark {@code round}: nothing of this round follows from this subtask. */
    record CloseRound(long round) implements Action {}
}
