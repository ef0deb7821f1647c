package io.tributary.record;

/**
 * A slice of a shared tensor, the unit that is merged and sent back.
 *
 * @param index slice {@code [index * size, (index + 1) * size)} of the flat tensor
 */
public record ShardId(TensorId tensor, int index) {
    public ShardId {
        if (index < 0) {
            throw new IllegalArgumentException("A shard's index is not negative: " + index);
        }
    }

    /** The same in every JVM, as Flink's key groups need it. */
    @Override
    public int hashCode() {
        return 31 * index + tensor.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ShardId that && tensor.equals(that.tensor) && index == that.index;
    }

    @Override
    public String toString() {
        return tensor + "/" + index;
    }
}
