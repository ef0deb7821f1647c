package io.tributary.record;

import static io.tributary.record.ParameterGroup.BODY;
import static io.tributary.record.ParameterGroup.POSITIONS;
import static io.tributary.record.ParameterGroup.TOKENS;

import java.util.Set;

/**
 * How sources learn from each other: which parameter groups leave a source to be merged. All else follows from this
 * table (DEPT, arXiv 2410.05021, algorithm 1), with the baselines beside it.
 */
@SuppressWarnings("ImmutableEnumChecker") // Sets made by Set.of cannot change.
public enum Variant {
    /** The body is merged; embeddings never leave their source, which has a vocabulary of its own. */
    SPEC(Set.of(BODY)),
    /** Everything is merged, of the token embeddings those rows that a source holds. */
    TRIM(Set.of(BODY, TOKENS, POSITIONS)),
    /** Everything is merged. */
    GLOB(Set.of(BODY, TOKENS, POSITIONS)),
    /** Baseline: one model on the mixture of all sources, changed by every step; there is nothing to merge. */
    STD(Set.of()),
    /** Baseline: each source alone with a model of its own. */
    SINGLE(Set.of());

    private final Set<ParameterGroup> shared;

    Variant(Set<ParameterGroup> shared) {
        this.shared = shared;
    }

    /** The groups that leave a source. */
    public Set<ParameterGroup> shared() {
        return shared;
    }

    /** Whether a source holds only some rows of the shared token embeddings. */
    public boolean byRows() {
        return this == TRIM;
    }

    /** Whether all sources train one model, in turns. */
    public boolean mixture() {
        return this == STD;
    }

    /** Whether all sources are written in one vocabulary. */
    public boolean globalVocabulary() {
        return this == TRIM || this == GLOB || this == STD;
    }
}
