package io.tributary.snapshot;

import java.io.Serializable;
import java.util.Map;

/**
 * What all snapshots of a run say of themselves. Nothing here may depend on the time or the machine: equal runs make
 * equal snapshots, to the byte.
 *
 * @param model the shape of the model, as JSON knows values: strings, numbers, booleans, lists and maps of these
 * @param variant which parameter groups leave a source, such as {@code SPEC}
 * @param seed of the initial parameters
 * @param precision that the steps were computed in, such as {@code bf16}; the values are F32 in any case
 */
public record SnapshotFacts(Map<String, Object> model, String variant, long seed, String precision)
        implements Serializable {
    public SnapshotFacts {
        model = Map.copyOf(model);
    }
}
