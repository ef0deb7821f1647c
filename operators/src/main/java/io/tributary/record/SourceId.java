package io.tributary.record;

import java.io.Serializable;

/**
 * A source of text and the integer that places it on a subtask.
 *
 * <p>The hash code is {@code key} itself, since Flink derives the key group from it: so the place of a source is chosen
 * (see {@link SourceKeys}), while two sources whose keys happen to be equal still have separate state.
 *
 * @param name the name of the source, as it ends its topic: {@code corpus.<name>}
 * @param key decides the key group; a source never changes it
 */
public record SourceId(String name, int key) implements Comparable<SourceId>, Serializable {
    public SourceId {
        if (name.isBlank()) {
            throw new IllegalArgumentException("A source needs a name, but it is blank");
        }
    }

    @Override
    public int hashCode() {
        return key;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SourceId that && key == that.key && name.equals(that.name);
    }

    @Override
    public int compareTo(SourceId other) {
        int byName = name.compareTo(other.name);
        return byName != 0 ? byName : Integer.compare(key, other.key);
    }

    @Override
    public String toString() {
        return name;
    }
}
