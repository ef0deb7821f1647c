package io.tributary.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.merge.InnerState;
import io.tributary.merge.Merging;
import io.tributary.merge.OuterOptimizer;
import io.tributary.merge.Weighting;
import io.tributary.model.AdamW;
import io.tributary.model.LearningRate;
import io.tributary.model.ModelShape;
import io.tributary.model.Positions;
import io.tributary.model.Precision;
import io.tributary.record.ParameterGroup;
import io.tributary.record.SourceKeys;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import io.tributary.round.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Walks through the tree of a settings file, section by section. */
final class SettingsReader {
    // With these limits no count of a plan leaves the range of a long.
    private static final int MAX_LAYERS = 512;
    private static final int MAX_WIDTH = 1 << 14;
    private static final int MAX_BATCH_ROWS = 1 << 12;
    private static final int MAX_LOCAL_STEPS = 1_000_000;
    private static final int MAX_PIECES = 10_000_000;
    // Shards below this would be mostly headers, and there would be too many of them to count.
    private static final int MIN_SHARD_VALUES = 1 << 16;
    private static final int MAX_SEQUENCE_LENGTH = 1 << 20;
    private static final int MAX_ROUNDS = 1_000_000_000;
    private static final long DEFAULT_QUEUE_BYTES = 64 << 20;
    private static final int DEFAULT_SHARD_VALUES = 1 << 18;
    private static final long DEFAULT_TIMEOUT_MS = 600_000;

    private static final Map<String, InnerKind> INNER = words(InnerKind.values());
    private static final Map<String, OuterKind> OUTER = words(OuterKind.values());

    private final Section root;
    private final List<String> problems;

    private enum InnerKind {
        KEEP,
        RESET,
        SYNC
    }

    private enum OuterKind {
        AVERAGING,
        NESTEROV,
        FEDADAM
    }

    private enum Schedule {
        CONSTANT,
        COSINE,
        WSD
    }

    /** How often token embeddings begin anew beside what the variant is; the baseline {@code act} is one that does. */
    private record Forgetting(Variant variant, int everyRounds) {}

    SettingsReader(JsonNode tree, List<String> problems) {
        this.root = new Section("", tree, problems);
        this.problems = problems;
    }

    /** The settings, or nothing and at least one problem. */
    Optional<PipelineSettings> read() {
        Section model = root.section("model");
        Optional<ModelShape> shape = shape(model);
        Precision precision = model.choice("precision", words(Precision.values()), Precision.FP32);
        model.end();
        Forgetting variant = variant();
        int globalPieces = globalPieces();
        List<SourceSettings> sources = sources(variant.variant(), globalPieces, shape);
        Section training = root.section("training");
        Optional<InnerState> inner = inner(training, variant.variant());
        Optional<LocalTraining> local = local(training);
        Optional<RoundRules> rounds = rounds(sources);
        Optional<Merging> merging = merging(variant, inner);
        double temperature = temperature(variant.variant(), sources);
        Optional<Cluster> cluster = cluster();
        root.end();
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        return root.make(() -> new PipelineSettings(
                shape.orElseThrow(),
                precision,
                globalPieces,
                sources,
                local.orElseThrow(),
                rounds.orElseThrow(),
                merging.orElseThrow(),
                temperature,
                cluster.orElseThrow()));
    }

    private static Optional<ModelShape> shape(Section model) {
        model.choice("architecture", Map.of("gpt2", "gpt2"), "gpt2");
        int layers = model.whole("layers", 1, MAX_LAYERS);
        int width = model.whole("width", 1, MAX_WIDTH);
        int heads = model.whole("heads", 1, MAX_WIDTH);
        int sequenceLength = model.whole("sequenceLength", 1, MAX_SEQUENCE_LENGTH);
        Positions positions = model.choice("positions", words(Positions.values()), Positions.LEARNED);
        return model.make(() -> new ModelShape(layers, width, heads, sequenceLength, positions));
    }

    private Forgetting variant() {
        Map<String, Optional<Variant>> choices = new LinkedHashMap<>();
        words(Variant.values()).forEach((word, variant) -> choices.put(word, Optional.of(variant)));
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
        Forgetting forgetting = new Forgetting(act.choice("of", bases), act.whole("everyRounds", 1, MAX_ROUNDS));
        act.end();
        return variant.map(other -> new Forgetting(other, 0)).orElse(forgetting);
    }

    private int globalPieces() {
        Section vocabulary = root.section("vocabulary");
        int pieces = vocabulary.whole("pieces", 1, MAX_PIECES);
        vocabulary.end();
        // Of a wrong number no limit of others follows.
        return vocabulary.make(() -> pieces).orElse(MAX_PIECES);
    }

    private List<SourceSettings> sources(Variant variant, int globalPieces, Optional<ModelShape> shape) {
        List<SourceSettings> sources = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int common = shape.map(ModelShape::sequenceLength).orElse(1);
        for (Section each : root.sections("sources")) {
            String name = each.text("name");
            if (!name.isEmpty() && !names.add(name)) {
                each.refuse("name", "'" + name + "' is listed twice");
            }
            int pieces = each.whole("pieces", 1, MAX_PIECES, globalPieces);
            int held = each.whole("heldPieces", 1, globalPieces, globalPieces);
            int own = each.whole("sequenceLength", 1, MAX_SEQUENCE_LENGTH, common);
            OptionalLong size = each.limit("size", Quantities.SIZE);
            boolean learned = shape.map(ModelShape::positions).orElse(Positions.NONE) == Positions.LEARNED;
            boolean together = variant.mixture() || (learned && variant.shared().contains(ParameterGroup.POSITIONS));
            if (together && own != common) {
                each.refuse(
                        "sequenceLength",
                        "%d is not the %d of model.sequenceLength, but under %s sources share learned positions or a model"
                                .formatted(own, common, word(variant)));
            }
            each.end();
            each.make(() -> new SourceSettings(name, pieces, held, own, size)).ifPresent(sources::add);
        }
        return sources;
    }

    private static Optional<LocalTraining> local(Section training) {
        int batchRows = training.whole("batchRows", 1, MAX_BATCH_ROWS);
        Optional<LearningRate> rate = learningRate(training.section("learningRate"));
        long queue = training.quantity("queue", Quantities.SIZE, DEFAULT_QUEUE_BYTES);
        Optional<AdamW> adamW = adamW(training.section("adamW"));
        training.end();
        return training.make(() -> new LocalTraining(batchRows, rate.orElseThrow(), adamW.orElseThrow(), queue));
    }

    private static Optional<LearningRate> learningRate(Section rate) {
        Schedule schedule = rate.choice("schedule", words(Schedule.values()), Schedule.CONSTANT);
        double peak = rate.number("peak", Interval.POSITIVE);
        long warmup = rate.whole("warmupSteps", 0L, Long.MAX_VALUE, 0L);
        Optional<LearningRate> made =
                switch (schedule) {
                    case CONSTANT -> {
                        rate.meaningless(
                                "a constant rate has no end",
                                List.of("horizonSteps", "decayStartStep", "decaySteps", "floorShare"));
                        yield rate.make(() -> LearningRate.constant(peak, warmup));
                    }
                    case COSINE -> {
                        rate.meaningless(
                                "a cosine is one decay from the start", List.of("decayStartStep", "decaySteps"));
                        long horizon = rate.whole("horizonSteps", 1L, Long.MAX_VALUE);
                        double floor = rate.number("floorShare", Interval.UP_TO_ONE, 0.1);
                        yield rate.make(() -> new LearningRate.Cosine(peak, warmup, horizon, floor));
                    }
                    case WSD -> {
                        rate.meaningless("a decay has a start and a length", List.of("horizonSteps"));
                        long start = rate.whole("decayStartStep", 0L, Long.MAX_VALUE);
                        long steps = rate.whole("decaySteps", 1L, Long.MAX_VALUE);
                        double floor = rate.number("floorShare", Interval.UP_TO_ONE, 0.1);
                        yield rate.make(() -> new LearningRate.WarmupStableDecay(peak, warmup, start, steps, floor));
                    }
                };
        rate.end();
        return made;
    }

    private static Optional<AdamW> adamW(Section adamW) {
        AdamW standard = AdamW.defaults();
        double beta1 = adamW.number("beta1", Interval.BELOW_ONE, standard.beta1());
        double beta2 = adamW.number("beta2", Interval.BELOW_ONE, standard.beta2());
        double epsilon = adamW.number("epsilon", Interval.POSITIVE, standard.epsilon());
        double decay = adamW.number("weightDecay", Interval.NOT_NEGATIVE, standard.weightDecay());
        double clip = adamW.number("clip", Interval.POSITIVE, standard.clip());
        adamW.end();
        return adamW.make(() -> new AdamW(beta1, beta2, epsilon, decay, clip));
    }

    private static Optional<InnerState> inner(Section training, Variant variant) {
        InnerKind kind = training.choice("innerState", INNER, InnerKind.KEEP);
        if (variant.mixture() && kind != InnerKind.KEEP) {
            training.refuse(
                    "innerState", word(kind) + " is not keep, but the one model of std has no border of rounds");
            return Optional.empty();
        }
        if (kind == InnerKind.SYNC) {
            int first = training.whole("firstMomentEvery", 1, MAX_ROUNDS, 3);
            int second = training.whole("secondMomentEvery", 1, MAX_ROUNDS, 6);
            return training.make(() -> new InnerState.Sync(first, second));
        }
        training.meaningless("innerState is not sync", List.of("firstMomentEvery", "secondMomentEvery"));
        return Optional.of(kind == InnerKind.KEEP ? new InnerState.Keep() : new InnerState.Reset());
    }

    private Optional<RoundRules> rounds(List<SourceSettings> sources) {
        Section rounds = root.section("rounds");
        int steps = rounds.whole("localSteps", 1, MAX_LOCAL_STEPS);
        long timeoutMs = rounds.quantity("timeout", Quantities.DURATION, DEFAULT_TIMEOUT_MS);
        int count = rounds.whole("count", 1, MAX_ROUNDS);
        double share = rounds.number("participation", Interval.SHARE, 1);
        long seed = rounds.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE, 0L);
        rounds.end();
        return rounds.make(() -> {
            var ids = SourceKeys.of(sources.stream().map(SourceSettings::name).toList());
            Sampling sampling = new Sampling(share, seed, Set.copyOf(ids.values()));
            return new RoundRules(steps, timeoutMs, count, sampling, Map.of());
        });
    }

    private Optional<Merging> merging(Forgetting variant, Optional<InnerState> inner) {
        Section outer = root.section("outer");
        Optional<OuterOptimizer> optimizer = optimizer(outer);
        Weighting weighting = outer.choice("weights", words(Weighting.values()), Weighting.TOKENS);
        int shardValues = outer.whole("shardValues", MIN_SHARD_VALUES, 1 << 26, DEFAULT_SHARD_VALUES);
        outer.end();
        if (inner.isEmpty()) {
            return Optional.empty();
        }
        return outer.make(() -> new Merging(
                variant.variant(),
                optimizer.orElseThrow(),
                weighting,
                inner.get(),
                shardValues,
                variant.everyRounds()));
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
        outer.meaningless("outer.optimizer is " + word(kind), others);
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

    private double temperature(Variant variant, List<SourceSettings> sources) {
        Section mixture = root.section("mixture");
        double temperature = mixture.number("temperature", Interval.UP_TO_ONE, 1);
        mixture.end();
        for (int i = 0; i < sources.size(); i++) {
            if (variant.mixture()
                    && temperature > 0
                    && sources.get(i).sizeBytes().isEmpty()) {
                root.refuse(
                        "sources[" + i + "].size",
                        "is missing: with mixture.temperature " + temperature + " a share goes with the size");
            }
        }
        return temperature;
    }

    private Optional<Cluster> cluster() {
        Section cluster = root.section("cluster");
        int subtasks = cluster.whole("subtasks", 1, SourceKeys.MAX_PARALLELISM);
        OptionalLong device = cluster.limit("deviceMemory", Quantities.SIZE);
        OptionalLong heap = cluster.limit("heapMemory", Quantities.SIZE);
        OptionalLong checkpoint = cluster.limit("checkpointSize", Quantities.SIZE);
        double tokens = cluster.number("tokensPerSecond", Interval.POSITIVE);
        long bandwidth = cluster.quantity("networkBandwidth", Quantities.RATE);
        cluster.end();
        return cluster.make(() -> new Cluster(subtasks, device, heap, checkpoint, tokens, bandwidth));
    }

    /** The words of an enum's values, in their order. */
    private static <E extends Enum<E>> Map<String, E> words(E[] values) {
        Map<String, E> words = new LinkedHashMap<>();
        Arrays.stream(values).forEach(value -> words.put(word(value), value));
        return words;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
