package io.tributary.merge;

import java.io.Serializable;

/** What becomes of a source's AdamW moments at the border of a round. */
public sealed interface InnerState extends Serializable {
    /** They stay with the source, as in DiLoCo (arXiv 2311.08105). */
    record Keep() implements InnerState {}

    /** They begin at zero in every round. */
    record Reset() implements InnerState {}

    /**
     * Those of the shared groups are averaged over the sources from time to time, as in DES-LOC (arXiv 2505.22549).
     *
     * @param firstEvery rounds between two merges of the first moment; DES-LOC: 3
     * @param secondEvery rounds between two merges of the second moment; DES-LOC: 6
     */
    record Sync(int firstEvery, int secondEvery) implements InnerState {
        public Sync {
            if (firstEvery < 1 || secondEvery < 1) {
                throw new IllegalArgumentException(
                        "Moments are merged every 1 or more rounds, not %d and %d".formatted(firstEvery, secondEvery));
            }
        }
    }
}
