package io.tributary.record;

/**
 * A slice of a parameter group, the unit that is merged and broadcast.
 *
 * @param index slice {@code [index * size, (index + 1) * size)} of the group's flat parameters
 */
public record ShardId(ParameterGroup group, int index) {
    public ShardId {
        if (index < 0) {
            throw new IllegalArgumentException("A shard's index is not negative: " + index);
        }
    }

    /** The same in every JVM, as Flink's key groups need it; an enum's own hash code is not. */
    @Override
    public int hashCode() {
        return 31 * index + group.tag();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ShardId that && group == that.group && index == that.index;
    }

    @Override
    public String toString() {
        return group + "/" + index;
    }
}
