package io.tributary.record;

/** An order to a running job, from the control topic. */
public sealed interface Control extends Ingested {
    /** The id of the job that it is meant for, in hex as Flink shows it; empty for every job that reads the topic. */
    String job();

    /** Lets a source take part, rest or go. */
    record Place(String job, SourceId source, Standing standing) implements Control {}

    /** Lets the job come to rest at the border of a round for a minute, so that it can be stopped there, or go on. */
    record Hold(String job, boolean held) implements Control {}
}
