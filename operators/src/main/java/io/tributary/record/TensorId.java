package io.tributary.record;

/** One flat tensor: the parameters of a group, or one of their moments. */
public record TensorId(ParameterGroup group, Quantity quantity) {

    /** The trained values of a group. */
    public static TensorId parameters(ParameterGroup group) {
        return new TensorId(group, Quantity.PARAMETERS);
    }

    /** The same in every JVM, as Flink's key groups need it; an enum's own hash code is not. */
    @Override
    public int hashCode() {
        return 31 * quantity.tag() + group.tag();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorId that && group == that.group && quantity == that.quantity;
    }

    @Override
    public String toString() {
        return quantity == Quantity.PARAMETERS ? group.toString() : group + "." + quantity;
    }
}
