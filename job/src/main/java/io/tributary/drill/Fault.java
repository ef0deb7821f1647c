package io.tributary.drill;

/** What is done to a run. */
public enum Fault {
    /** A TaskManager is killed, and started again. */
    TASKMANAGER,
    /** The broker is killed, and started again after some seconds. */
    BROKER,
    /** The job is cancelled, and begins again from its last checkpoint. */
    CANCEL,
    /** The job is stopped with a savepoint in the middle of a round, and begins again from that. */
    STOP,
    /** A TaskManager is killed and stays away until the job trains without it; only with the adaptive scheduler. */
    LOSS,
    /** The job is told to run on fewer subtasks, and then on all again; only with the adaptive scheduler. */
    RESCALE;

    /** Whether the job has to go on with fewer subtasks by itself. */
    public boolean needsAdaptiveScheduler() {
        return this == LOSS || this == RESCALE;
    }
}
