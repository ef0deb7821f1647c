package io.tributary.merge;

import java.io.Serializable;
import java.util.Objects;

/**
 * How a flat tensor is cut into shards: all of one size, but the last, which may be shorter. A tensor without values is
 * one shard without values.
 *
 * @param parameters how many values the tensor has
 * @param shardSize values of a shard
 */
public record Sharding(long parameters, int shardSize) implements Serializable {
    public Sharding {
        if (parameters < 0 || shardSize < 1) {
            throw new IllegalArgumentException(
                    "Cannot cut %d parameters into shards of %d".formatted(parameters, shardSize));
        }
        if ((parameters - 1) / shardSize >= Integer.MAX_VALUE) {
            throw new IllegalArgumentException("Shards of %d values are too many for %d parameters: make them larger"
                    .formatted(shardSize, parameters));
        }
    }

    /** How many shards there are. */
    public int count() {
        return parameters == 0 ? 1 : (int) ((parameters - 1) / shardSize) + 1;
    }

    /** The first parameter of a shard. */
    public long start(int shard) {
        return (long) Objects.checkIndex(shard, count()) * shardSize;
    }

    /** How many values a shard has. */
    public int length(int shard) {
        return (int) Math.min(shardSize, parameters - start(shard));
    }
}
