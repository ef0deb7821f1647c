package io.tributary.plan;

import io.tributary.record.ParameterGroup;
import io.tributary.record.Variant;
import java.util.Set;

/**
 * The methods of the published cost table: a {@link Variant} with a vocabulary, or plain data parallelism, which is none.
 */
@SuppressWarnings("ImmutableEnumChecker") // Sets made by Set.of cannot change.
public enum Method {
    /** Plain data parallelism on the mixture of all sources; all gradients are merged at every step. */
    STD("STD", Vocabulary.GLOBAL, Set.of(ParameterGroup.values()), true),
    /** Everything is merged after each round. */
    GLOB("GLOB", Vocabulary.GLOBAL, Variant.GLOB.shared(), false),
    /** Like {@link #GLOB}, but a source has only the rows of the pieces that its own text contains. */
    TRIM("TRIM", Vocabulary.HELD, Variant.TRIM.shared(), false),
    /** Only the body is merged; token and position embeddings never leave their source. */
    SPEC("SPEC", Vocabulary.HELD, Variant.SPEC.shared(), false),
    /** {@link #SPEC} with a vocabulary that was trained for the source. */
    SPEC_OPT("SPEC-OPT", Vocabulary.OWN, Variant.SPEC.shared(), false);

    /** The pieces that a source embeds. */
    public enum Vocabulary {
        /** Those of the vocabulary that all sources share. */
        GLOBAL,
        /** Those of the global vocabulary that occur in the source's text. */
        HELD,
        /** Those of a vocabulary of its own. */
        OWN
    }

    private final String label;
    private final Vocabulary vocabulary;
    private final Set<ParameterGroup> merged;
    private final boolean everyStep;

    Method(String label, Vocabulary vocabulary, Set<ParameterGroup> merged, boolean everyStep) {
        this.label = label;
        this.vocabulary = vocabulary;
        this.merged = merged;
        this.everyStep = everyStep;
    }

    /** The name as the method's authors write it. */
    public String label() {
        return label;
    }

    /** What a source embeds. */
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    /** The groups that leave a source; the rows of {@link #vocabulary} are all that there is of its tokens. */
    public Set<ParameterGroup> merged() {
        return merged;
    }

    /** Whether the groups are merged at every step, and not once in a round. */
    public boolean everyStep() {
        return everyStep;
    }
}
