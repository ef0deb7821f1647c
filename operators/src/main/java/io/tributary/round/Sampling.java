package io.tributary.round;

import io.tributary.record.SourceId;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which sources take part in a round: a share of them, drawn anew for each round by a hash, so that every subtask draws
 * the same.
 *
 * @param share of the sources, in (0, 1]
 * @param seed of the draw
 * @param listed the sources that are known from the start; of these a fixed number is chosen, at least one, while any
 *     other is chosen by itself with the probability {@code share}
 */
public record Sampling(double share, long seed, Set<SourceId> listed) implements Serializable {
    public Sampling {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("The share of sources in a round lies in (0, 1], but it is " + share);
        }
        listed = Set.copyOf(new TreeSet<>(listed));
    }

    /** Every source in every round. */
    public static Sampling everyone() {
        return new Sampling(1, 0, Set.of());
    }

    /**
     * Whether a source takes part in a round: of the listed sources those {@code ceil(share * listed)} with the smallest
     * hashes, and an unlisted one whose hash, as a fraction of its range, is below the share.
     */
    public boolean chosen(long round, SourceId source) {
        if (share == 1) {
            return true;
        }
        long hash = hash(round, source);
        if (!listed.contains(source)) {
            return (hash >>> 11) * 0x1p-53 < share;
        }
        long before = listed.stream()
                .filter(other -> {
                    int order = Long.compareUnsigned(hash(round, other), hash);
                    return order < 0 || (order == 0 && other.compareTo(source) < 0);
                })
                .count();
        return before < chosenOfListed();
    }

    /** In decimal, as the share was written: in binary 0.07 of 100 is a little more than 7, and would be 8. */
    private long chosenOfListed() {
        return BigDecimal.valueOf(share)
                .multiply(BigDecimal.valueOf(listed.size()))
                .setScale(0, RoundingMode.CEILING)
                .longValueExact();
    }

    private long hash(long round, SourceId source) {
        // With the name: keys decide on a place, and several sources may have one.
        return mix(mix(mix(mix(seed) + round) + source.key()) + source.name().hashCode());
    }

    /**
     * One number of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014), with
     * {@code z} for its state: plain arithmetic, so it is the same in every JVM.
     */
    private static long mix(long z) {
        z += 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
