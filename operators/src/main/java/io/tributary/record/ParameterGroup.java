package io.tributary.record;

/** The groups that parameters belong to; a variant says which of them leave a source. */
public enum ParameterGroup {
    /** The transformer body, theta. */
    BODY(0),
    /** Token embeddings, phi; tied to the output head. */
    TOKENS(1),
    /** Learned position embeddings, psi. */
    POSITIONS(2);

    private final int tag;

    ParameterGroup(int tag) {
        this.tag = tag;
    }

    /** The number that stands for the group on the wire and in state; it never changes. */
    public int tag() {
        return tag;
    }

    public static ParameterGroup ofTag(int tag) {
        for (ParameterGroup group : values()) {
            if (group.tag == tag) {
                return group;
            }
        }
        throw new IllegalArgumentException("No parameter group has the tag " + tag);
    }
}
