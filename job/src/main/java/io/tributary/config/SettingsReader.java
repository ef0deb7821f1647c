package io.tributary.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.config.SourcesReader.Source;
import io.tributary.flow.HoldOut;
import io.tributary.flow.SampleSettings;
import io.tributary.flow.TrainingSettings;
import io.tributary.flow.VocabularySettings;
import io.tributary.kafka.ValueFormat;
import io.tributary.merge.InnerState;
import io.tributary.merge.Merging;
import io.tributary.model.Architecture;
import io.tributary.model.ModelShape;
import io.tributary.model.Positions;
import io.tributary.model.Precision;
import io.tributary.record.SourceId;
import io.tributary.record.SourceKeys;
import io.tributary.record.Variant;
import io.tributary.round.Mixture;
import io.tributary.round.RoundRules;
import io.tributary.round.Sampling;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** Walks through the tree of a settings file, section by section. */
final class SettingsReader {
    private static final long DEFAULT_TIMEOUT_MS = 600_000;
    private static final long DEFAULT_ROPE_THETA = 10_000;

    private final Section root;
    private final Questions questions;
    private final Purpose purpose;
    private final JobDefaults defaults;

    /** What the sections say that are for a plan and for a job. */
    private record Parts(
            Optional<ModelShape> shape,
            Precision precision,
            Variant variant,
            SourcesReader.Vocabulary vocabulary,
            List<Source> sources,
            Optional<LocalTraining> training,
            double temperature,
            Optional<RoundRules> rounds,
            Optional<Merging> merging,
            Optional<Cluster> cluster,
            JobParts job) {}

    /** What the sections say that are for a job alone. */
    private record JobParts(
            String name,
            long seed,
            Optional<JobReader.Kafka> kafka,
            Optional<HoldOut> holdOut,
            InitReader init,
            JobReader.Snapshots snapshots,
            Optional<SampleSettings> samples,
            Map<String, String> flink) {}

    SettingsReader(JsonNode tree, List<String> problems, Questions questions, Purpose purpose, JobDefaults defaults) {
        this.root = new Section("", tree, problems, questions);
        this.questions = questions;
        this.purpose = purpose;
        this.defaults = defaults;
    }

    /** The settings of a plan, or nothing and at least one problem. */
    Optional<PipelineSettings> plan() {
        Parts parts = parts();
        return root.make(() -> new PipelineSettings(
                parts.shape().orElseThrow(),
                parts.precision(),
                parts.vocabulary().pieces(),
                parts.sources().stream().map(Source::settings).toList(),
                parts.training().orElseThrow(),
                parts.rounds().orElseThrow(),
                parts.merging().orElseThrow(),
                parts.temperature(),
                parts.cluster().orElseThrow()));
    }

    /**
     * The settings of a job, or nothing and at least one problem.
     *
     * @param folder from which paths in the file lead
     */
    Optional<JobSettings> job(Path folder) {
        Parts parts = parts();
        Optional<VocabularySettings> vocabulary =
                new VocabularyFiles(folder).read(parts.variant(), parts.vocabulary(), parts.sources());
        JobParts job = parts.job();
        Optional<InitReader.Beginning> beginning = root.make(() -> parts.shape().orElseThrow())
                .flatMap(shape -> job.init().begin(shape, parts.variant(), parts.sources(), vocabulary.orElseThrow()));
        Optional<TrainingSettings> training =
                root.make(() -> training(parts, beginning.orElseThrow().vocabulary()));
        return training.map(settings -> {
            JobReader.Kafka kafka = job.kafka().orElseThrow();
            PipelineConfig pipeline = new PipelineConfig(
                    kafka.corpus(),
                    kafka.topicPrefix(),
                    formats(parts.sources()),
                    kafka.maxDocumentBytes(),
                    settings,
                    beginning.orElseThrow().values(),
                    job.snapshots().folder(),
                    kafka.deadLetters(),
                    kafka.reports());
            OptionalInt subtasks =
                    parts.cluster().stream().mapToInt(Cluster::subtasks).findFirst();
            return new JobSettings(
                    job.name(),
                    pipeline,
                    kafka.admin(),
                    job.flink(),
                    subtasks,
                    SettingsFile.yaml(questions.effective()));
        });
    }

    private Parts parts() {
        Section model = root.section("model");
        Optional<ModelShape> shape = shape(model);
        Precision precision = model.choice("precision", Words.of(Precision.values()), Precision.FP32);
        model.end();
        MergingReader merging = new MergingReader(root);
        Variant variant = merging.variant();
        SourcesReader reader = new SourcesReader(root, purpose);
        SourcesReader.Vocabulary vocabulary = reader.vocabulary(variant);
        List<Source> sources = reader.sources(variant, vocabulary.pieces(), shape);
        TrainingReader training = new TrainingReader(root.section("training"));
        Optional<InnerState> inner = training.inner(variant);
        Optional<LocalTraining> local = training.local();
        double temperature = temperature(variant, sources);
        Optional<RoundRules> rounds = rounds(variant, sources, temperature);
        Optional<Merging> merged = merging.merging(inner);
        Optional<Cluster> cluster = cluster();
        JobParts job = jobParts();
        root.end();
        return new Parts(
                shape, precision, variant, vocabulary, sources, local, temperature, rounds, merged, cluster, job);
    }

    private JobParts jobParts() {
        JobReader reader = new JobReader(root, purpose, defaults);
        String name = reader.name();
        return new JobParts(
                name,
                reader.seed(),
                reader.kafka(name),
                reader.holdOut(),
                new InitReader(root),
                reader.snapshots(name),
                reader.samples(),
                reader.flink());
    }

    private static TrainingSettings training(Parts parts, VocabularySettings vocabulary) {
        ModelShape shape = parts.shape().orElseThrow();
        LocalTraining local = parts.training().orElseThrow();
        Map<String, Integer> sequenceLengths = new HashMap<>();
        parts.sources().stream()
                .map(Source::settings)
                .filter(source -> source.sequenceLength() != shape.sequenceLength())
                .forEach(source -> sequenceLengths.put(source.name(), source.sequenceLength()));
        return new TrainingSettings(
                parts.job().seed(),
                shape,
                parts.precision(),
                local.adamW(),
                local.learningRate(),
                local.batchRows(),
                local.microBatchRows(),
                parts.rounds().orElseThrow(),
                parts.merging().orElseThrow(),
                vocabulary,
                parts.job().holdOut().orElseThrow(),
                parts.job().snapshots().everyRounds(),
                local.queueLimitBytes(),
                ids(parts.variant(), parts.sources()),
                sequenceLengths,
                parts.job().samples().orElseThrow());
    }

    private static Map<String, ValueFormat> formats(List<Source> sources) {
        Map<String, ValueFormat> formats = new HashMap<>();
        sources.forEach(source -> formats.put(source.settings().name(), source.format()));
        return formats;
    }

    private static List<SourceId> ids(Variant variant, List<Source> sources) {
        List<String> names =
                sources.stream().map(source -> source.settings().name()).toList();
        return List.copyOf((variant.mixture() ? SourceKeys.together(names) : SourceKeys.of(names)).values());
    }

    private static Optional<ModelShape> shape(Section model) {
        boolean llama = model.choice("architecture", new TreeMap<>(Map.of("gpt2", false, "llama", true)), false);
        int layers = model.whole("layers", 1, Limits.LAYERS);
        int width = model.whole("width", 1, Limits.WIDTH);
        int heads = model.whole("heads", 1, Limits.WIDTH);
        int sequenceLength = model.whole("sequenceLength", 1, Limits.SEQUENCE_LENGTH);
        Optional<? extends Architecture> architecture = llama ? llama(model, width, heads) : gpt2(model);
        return architecture.flatMap(
                layer -> model.make(() -> new ModelShape(layers, width, heads, sequenceLength, layer)));
    }

    private static Optional<Architecture.Gpt2> gpt2(Section model) {
        model.meaningless("it is one of llama", List.of("keyValueHeads", "feedForward", "ropeTheta", "queryKeyNorm"));
        Positions positions = model.choice("positions", Words.of(Positions.values()), Positions.LEARNED);
        return model.make(() -> new Architecture.Gpt2(positions));
    }

    /** Without a width of its own, SwiGLU's three matrices have as many parameters as GPT-2's two of 4 d. */
    private static Optional<Architecture.Llama> llama(Section model, int width, int heads) {
        model.meaningless("llama has rotary positions", List.of("positions"));
        int keyValueHeads = model.whole("keyValueHeads", 1, Limits.WIDTH, heads);
        int feedForward = model.whole("feedForward", 1, Limits.FEED_FORWARD, Math.max(1, 8 * width / 3));
        long theta = model.whole("ropeTheta", 2L, Limits.ROPE_THETA, DEFAULT_ROPE_THETA);
        boolean norms = model.choice("queryKeyNorm", new TreeMap<>(Map.of("false", false, "true", true)), false);
        return model.make(() -> new Architecture.Llama(keyValueHeads, feedForward, theta, norms));
    }

    private Optional<RoundRules> rounds(Variant variant, List<Source> sources, double temperature) {
        Section rounds = root.section("rounds");
        int steps = rounds.whole("localSteps", 1, Limits.LOCAL_STEPS);
        long timeoutMs = rounds.quantity("timeout", Quantities.DURATION, DEFAULT_TIMEOUT_MS);
        // A job goes on until it is stopped, unless it is said when.
        long count = purpose == Purpose.PLAN
                ? rounds.whole("count", 1, Limits.ROUNDS)
                : rounds.wholeIfAny("count", 1, Limits.ROUNDS).orElse(Long.MAX_VALUE);
        double share = rounds.number("participation", Interval.SHARE, 1);
        long seed = rounds.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE, 0L);
        if (purpose == Purpose.JOB && variant.mixture() && share < 1) {
            rounds.refuse(
                    "participation", share + " is not 1, but under std all sources take part in every round in turns");
        }
        rounds.end();
        if (variant.mixture() && sources.isEmpty()) {
            return Optional.empty(); // which is a problem already
        }
        return rounds.make(() -> {
            List<SourceId> ids = ids(variant, sources);
            if (purpose == Purpose.JOB && variant.mixture()) {
                return RoundRules.mixture(
                        timeoutMs, count, mixture(sources, temperature).steps(ids, steps));
            }
            Sampling sampling = new Sampling(share, seed, Set.copyOf(ids));
            return new RoundRules(steps, timeoutMs, count, sampling, Map.of());
        });
    }

    private static Mixture mixture(List<Source> sources, double temperature) {
        Map<String, Double> sizes = new HashMap<>();
        sources.stream().map(Source::settings).forEach(source -> source.sizeBytes()
                .ifPresent(size -> sizes.put(source.name(), (double) size)));
        return new Mixture(temperature, sizes);
    }

    private double temperature(Variant variant, List<Source> sources) {
        Section mixture = root.section("mixture");
        double temperature = mixture.number("temperature", Interval.UP_TO_ONE, 1);
        mixture.end();
        for (int i = 0; i < sources.size(); i++) {
            if (variant.mixture()
                    && temperature > 0
                    && sources.get(i).settings().sizeBytes().isEmpty()) {
                root.refuse(
                        "sources[" + i + "].size",
                        "is missing: with mixture.temperature " + temperature + " a share goes with the size");
            }
        }
        return temperature;
    }

    private Optional<Cluster> cluster() {
        // A job runs on a cluster that is there already.
        if (purpose == Purpose.JOB && !root.has("cluster")) {
            return Optional.empty();
        }
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
}
