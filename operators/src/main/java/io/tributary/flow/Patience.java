package io.tributary.flow;

import java.util.OptionalLong;
import org.apache.flink.streaming.api.TimerService;

/**
 * How long a vocabulary waits for its first text, in one subtask. Time in which the job did not run does not count: a timer
 * of an earlier life is due as soon as the job is back, before any text can have come, and would make a vocabulary for good
 * of the little that there was. So a wait that a restart has cut begins anew.
 */
final class Patience {
    private final long timeoutMs;
    /** Since when the job runs, as far as anything has happened. */
    private OptionalLong sinceMs = OptionalLong.empty();

    Patience(long timeoutMs) {
        this.timeoutMs = timeoutMs;
    }

    /** Begins to wait, for the current key. */
    void begin(TimerService timers) {
        since(timers);
        timers.registerProcessingTimeTimer(timers.currentProcessingTime() + timeoutMs);
    }

    /** Whether the wait of the current key is over with this timer; if not, another one is set. */
    boolean isOver(long timestampMs, TimerService timers) {
        long dueMs = since(timers) + timeoutMs;
        if (timestampMs < dueMs) {
            timers.registerProcessingTimeTimer(dueMs);
        }
        return timestampMs >= dueMs;
    }

    private long since(TimerService timers) {
        if (sinceMs.isEmpty()) {
            sinceMs = OptionalLong.of(timers.currentProcessingTime());
        }
        return sinceMs.getAsLong();
    }
}
