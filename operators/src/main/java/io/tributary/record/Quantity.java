package io.tributary.record;

/** What the values of a parameter group are: the parameters themselves, or what AdamW remembers of them. */
public enum Quantity {
    /** The trained values. */
    PARAMETERS(0),
    /** AdamW's first moment of them. */
    FIRST_MOMENT(1),
    /** AdamW's second moment of them: squares, which are small. */
    SECOND_MOMENT(2);

    /**
     * Sums in fixed point end at 2^-40, where second moments of rare rows still matter: one that came back as 0 beside a
     * first moment would make a step a hundred times too long. So they travel multiplied by this, a power of two.
     */
    private static final float SECOND_MOMENT_SCALE = 1 << 16;

    private final int tag;

    Quantity(int tag) {
        this.tag = tag;
    }

    /** The number that stands for the quantity on the wire and in state; it never changes. */
    public int tag() {
        return tag;
    }

    /** What values are multiplied by on their way to Merge. */
    public float scale() {
        return this == SECOND_MOMENT ? SECOND_MOMENT_SCALE : 1;
    }

    public static Quantity ofTag(int tag) {
        for (Quantity quantity : values()) {
            if (quantity.tag == tag) {
                return quantity;
            }
        }
        throw new IllegalArgumentException("No quantity has the tag " + tag);
    }
}
