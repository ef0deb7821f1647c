package io.tributary.drill;

import java.util.OptionalLong;

/**
 * What a fault led to; times in milliseconds.
 *
 * @param noticedAfterMs until Flink saw the failure, where it was one
 * @param firstStepAfterMs until the first new training step of the job
 */
record Recovery(Fault fault, String what, OptionalLong noticedAfterMs, long firstStepAfterMs) {
    /** From Flink's notice to the first new step; from the fault itself where Flink had nothing to notice. */
    long beyondNoticeMs() {
        return firstStepAfterMs - noticedAfterMs.orElse(0);
    }
}
