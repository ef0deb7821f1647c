package io.tributary.config;

import io.tributary.merge.InnerState;
import io.tributary.merge.Merging;
import io.tributary.merge.OuterOptimizer;
import io.tributary.merge.Weighting;
import io.tributary.record.Variant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The setting {@code variant} and the sections {@code act} and {@code outer}. */
final class MergingReader {
    // Shards below this would be mostly headers, and there would be too many of them to count.
    private static final int MIN_SHARD_VALUES = 1 << 16;
    private static final int DEFAULT_SHARD_VALUES = 1 << 18;
    private static final Map<String, OuterKind> OUTER = Words.of(OuterKind.values());

    private final Section root;
    private final Forgetting forgetting;

    private enum OuterKind {
        AVERAGING,
        NESTEROV,
        FEDADAM
    }

    /** How often token embeddings begin anew beside what the variant is; the baseline {@code act} is one that does. */
    private record Forgetting(Variant variant, int everyRounds) {}

    /** Reads the variant, which much else depends on. */
    MergingReader(Section root) {
        this.root = root;
        this.forgetting = forgetting(root);
    }

    Variant variant() {
        return forgetting.variant();
    }

    private static Forgetting forgetting(Section root) {
        Map<String, Optional<Variant>> choices = new LinkedHashMap<>();
        Words.of(Variant.values()).forEach((word, variant) -> choices.put(word, Optional.of(variant)));
        choices.put("act", Optional.empty());
        Optional<Variant> variant = root.choice("variant", choices);
        // Sections of other variants may stay, so that a file can be tried under each.
        if (variant.isPresent() && !root.has("act")) {
            return new Forgetting(variant.get(), 0);
        }
        Section act = root.section("act");
        Map<String, Variant> bases = new LinkedHashMap<>();
        bases.put("spec", Variant.SPEC);
        bases.put("glob", Variant.GLOB);
        Forgetting forgetting = new Forgetting(act.choice("of", bases), act.whole("everyRounds", 1, Limits.ROUNDS));
        act.end();
        return variant.map(other -> new Forgetting(other, 0)).orElse(forgetting);
    }

    Optional<Merging> merging(Optional<InnerState> inner) {
        Section outer = root.section("outer");
        Optional<OuterOptimizer> optimizer = optimizer(outer);
        Weighting weighting = outer.choice("weights", Words.of(Weighting.values()), Weighting.TOKENS);
        int shardValues = outer.whole("shardValues", MIN_SHARD_VALUES, 1 << 26, DEFAULT_SHARD_VALUES);
        outer.end();
        if (inner.isEmpty()) {
            return Optional.empty();
        }
        return outer.make(() -> new Merging(
                forgetting.variant(),
                optimizer.orElseThrow(),
                weighting,
                inner.get(),
                shardValues,
                forgetting.everyRounds()));
    }

    private static Optional<OuterOptimizer> optimizer(Section outer) {
        OuterKind kind = outer.choice("optimizer", OUTER, OuterKind.AVERAGING);
        Map<OuterKind, List<String>> numbers = Map.of(
                OuterKind.AVERAGING, List.of(),
                OuterKind.NESTEROV, List.of("eta", "mu"),
                OuterKind.FEDADAM, List.of("eta", "beta1", "beta2", "tau"));
        List<String> others = List.of("eta", "mu", "beta1", "beta2", "tau").stream()
                .filter(key -> !numbers.getOrDefault(kind, List.of()).contains(key))
                .toList();
        outer.meaningless("outer.optimizer is " + Words.of(kind), others);
        return switch (kind) {
            case AVERAGING -> outer.make(OuterOptimizer.Averaging::new);
            case NESTEROV -> {
                OuterOptimizer.Nesterov standard = OuterOptimizer.Nesterov.defaults();
                double eta = outer.number("eta", Interval.POSITIVE, standard.eta());
                double mu = outer.number("mu", Interval.BELOW_ONE, standard.mu());
                yield outer.make(() -> new OuterOptimizer.Nesterov(eta, mu));
            }
            case FEDADAM -> {
                OuterOptimizer.FedAdam standard = OuterOptimizer.FedAdam.defaults();
                double eta = outer.number("eta", Interval.POSITIVE, standard.eta());
                double beta1 = outer.number("beta1", Interval.BELOW_ONE, standard.beta1());
                double beta2 = outer.number("beta2", Interval.BELOW_ONE, standard.beta2());
                double tau = outer.number("tau", Interval.POSITIVE, standard.tau());
                yield outer.make(() -> new OuterOptimizer.FedAdam(eta, beta1, beta2, tau));
            }
        };
    }
}
