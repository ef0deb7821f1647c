package io.tributary.record;

/** What Train tells those who watch it, of one source and round. */
public sealed interface Report permits RoundReport, Sample {
    long round();

    /** The name of the source. */
    String source();
}
