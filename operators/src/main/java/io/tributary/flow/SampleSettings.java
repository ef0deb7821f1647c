package io.tributary.flow;

import io.tributary.model.SamplingRules;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What models write on while they are trained, so that one can read how they get on.
 *
 * @param everyRounds a sample is taken each time this many rounds are merged
 * @param tokens of a sample, at most
 * @param rules by which tokens are chosen
 * @param prompts by the name of the source; none for sources that are not sampled
 */
public record SampleSettings(int everyRounds, int tokens, SamplingRules rules, Map<String, List<String>> prompts)
        implements Serializable {
    /** Every 10 rounds 48 tokens of the likelier ones; but nothing is sampled without prompts. */
    public static final SampleSettings NONE = new SampleSettings(10, 48, new SamplingRules(0.8, 0, 0.95), Map.of());

    public SampleSettings {
        if (everyRounds < 1 || tokens < 1) {
            throw new IllegalArgumentException(
                    "Samples have 1 token or more and are taken every 1 or more rounds, not %d and %d"
                            .formatted(tokens, everyRounds));
        }
        Map<String, List<String>> copies = new HashMap<>();
        prompts.forEach((source, texts) -> copies.put(source, List.copyOf(texts)));
        prompts = Map.copyOf(copies);
    }

    /** The prompts of a source that are due once a round has been merged. */
    List<String> due(String source, long mergedRounds) {
        return mergedRounds > 0 && mergedRounds % everyRounds == 0
                ? prompts.getOrDefault(source, List.of())
                : List.of();
    }
}
