package io.tributary.merge;

import io.tributary.record.Quantity;
import io.tributary.record.Variant;
import java.io.Serializable;

/**
 * What is merged, and how.
 *
 * @param outer the outer optimizer of all shared parameters
 * @param shardValues parameters in a shard, at most
 * @param resetRounds token embeddings begin anew after this many rounds, again and again (active forgetting, arXiv
 *     2307.01163); 0 for never
 */
public record Merging(
        Variant variant,
        OuterOptimizer outer,
        Weighting weighting,
        InnerState innerState,
        int shardValues,
        int resetRounds)
        implements Serializable {
    public Merging {
        if (shardValues < 1 || resetRounds < 0) {
            throw new IllegalArgumentException(
                    "A shard has at least 1 value and embeddings are reset after 0 or more rounds, not %d and %d"
                            .formatted(shardValues, resetRounds));
        }
        if (variant.mixture() && (resetRounds > 0 || !(innerState instanceof InnerState.Keep))) {
            throw new IllegalArgumentException(
                    "With %s there is one model and no border of rounds in it: keep its moments, and reset nothing"
                            .formatted(variant));
        }
    }

    /** Plain averaging by trained tokens; moments stay with their sources, and nothing is reset. */
    public static Merging averaging(Variant variant, int shardValues) {
        return new Merging(
                variant, new OuterOptimizer.Averaging(), Weighting.TOKENS, new InnerState.Keep(), shardValues, 0);
    }

    /** How often the token embeddings have begun anew when a round starts. */
    public int epoch(long round) {
        return resetRounds == 0 ? 0 : Math.toIntExact(round / resetRounds);
    }

    /** Whether this quantity of the shared groups is merged at the end of a round. */
    public boolean merges(Quantity quantity, long round) {
        int every = every(quantity);
        return every > 0 && (round + 1) % every == 0;
    }

    /** After how many rounds a quantity of the shared groups is merged; 0 for never. */
    public int every(Quantity quantity) {
        if (quantity == Quantity.PARAMETERS) {
            return 1;
        }
        if (innerState instanceof InnerState.Sync sync) {
            return quantity == Quantity.FIRST_MOMENT ? sync.firstEvery() : sync.secondEvery();
        }
        return 0;
    }
}
