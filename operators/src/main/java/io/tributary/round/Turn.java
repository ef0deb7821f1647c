package io.tributary.round;

import io.tributary.record.SourceId;

/**
 * The next step: one queued batch of one source.
 *
 * @param baseRound the round of the body that the source's copy started from
 * @param round the round that the step will count in; one later than the base for late work
 * @param begins whether the source enters the round with this step: it takes a fresh copy of the current body first
 */
public record Turn(SourceId source, long baseRound, long round, boolean begins) {}
