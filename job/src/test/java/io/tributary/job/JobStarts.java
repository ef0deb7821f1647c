package io.tributary.job;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often a job has started: once, and once more for each failure. Probes {@code train}. */
final class JobStarts implements OperatorProbe {
    private final AtomicInteger starts = new AtomicInteger();

    int count() {
        return starts.get();
    }

    @Override
    public void initializes(Site site) {
        if (site.subtask() == 0) {
            starts.incrementAndGet();
        }
    }
}
