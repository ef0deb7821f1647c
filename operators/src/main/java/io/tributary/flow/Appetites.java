package io.tributary.flow;

import io.tributary.record.SourceId;
import java.util.HashMap;
import java.util.Map;

/**
 * Which sources of a subtask have enough waiting, and are not to be read on for a while. A source is satisfied with as
 * much waiting as half of its queue may hold, and hungry again at a quarter: what is under way when its readers hear of it
 * has room, and they need not be told of every batch. Readers begin with everything, so only changes are said.
 */
final class Appetites {
    private final long limitBytes;
    private final Map<SourceId, Boolean> hungry = new HashMap<>();

    /** @param limitBytes what the queue of a source may hold */
    Appetites(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /**
     * Looks at a source after something about it has changed.
     *
     * @param waitingBytes what waits for its rounds
     * @param takesPart whether it is to be read at all
     * @param pacer hears of a change
     */
    void look(SourceId source, long waitingBytes, boolean takesPart, Pacer pacer) {
        boolean before = hungry.getOrDefault(source, true);
        boolean now = takesPart && waitingBytes < (before ? limitBytes / 2 : limitBytes / 4);
        if (now != before) {
            hungry.put(source, now);
            pacer.pace(source, now);
        }
    }
}
