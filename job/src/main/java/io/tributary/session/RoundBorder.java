package io.tributary.session;

import java.io.IOException;

/** Where a job can be stopped without a round in its middle. */
@FunctionalInterface
public interface RoundBorder {
    /** Any moment will do. */
    RoundBorder ANYWHERE = job -> {};

    /**
     * Returns when the job is between two rounds, and stays there until it is stopped.
     *
     * @param job its id
     */
    void awaitRoundBorder(JobSummary job) throws IOException, InterruptedException;
}
