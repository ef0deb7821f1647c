package io.tributary.plan;

import java.util.List;

/**
 * What one subtask holds at most.
 *
 * @param models names of the sources that it trains
 */
public record SubtaskMemory(int subtask, List<String> models, List<Part> parts) {
    public SubtaskMemory {
        models = List.copyOf(models);
        parts = List.copyOf(parts);
    }

    /** All parts together. */
    public long bytes() {
        return parts.stream().mapToLong(Part::bytes).sum();
    }
}
