package io.tributary.config;

import io.tributary.flow.HoldOut;
import io.tributary.flow.SampleSettings;
import io.tributary.kafka.CorpusDeserializer;
import io.tributary.kafka.CorpusSource;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.KafkaSecrets;
import io.tributary.kafka.ReportSink;
import io.tributary.model.SamplingRules;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings that only a job needs: {@code name}, {@code seed}, {@code kafka}, {@code holdOut} and more. */
final class JobReader {
    private static final String DEFAULT_NAME = "tributary";
    private static final long DEFAULT_DISCOVERY_MS = 10_000;
    private static final int DEFAULT_SNAPSHOT_ROUNDS = 10;
    /** A JVM's array ends a little below 2 GiB. */
    private static final long MAX_RECORD_BYTES = 1 << 30;

    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";

    /** A path from the root, or a URI. */
    static final String PLACE = "/.*|[A-Za-z][A-Za-z0-9+.-]*:/.*";

    private final Section root;
    private final Purpose purpose;
    private final JobDefaults defaults;

    /**
     * Where text comes from and reports go.
     *
     * @param admin properties of other clients
     */
    record Kafka(
            CorpusSource corpus,
            String topicPrefix,
            int maxDocumentBytes,
            DeadLetterSink deadLetters,
            ReportSink reports,
            Map<String, String> admin) {}

    /**
     * Where snapshots go, and when.
     *
     * @param folder as a URI
     */
    record Snapshots(String folder, int everyRounds) {}

    JobReader(Section root, Purpose purpose, JobDefaults defaults) {
        this.root = root;
        this.purpose = purpose;
        this.defaults = defaults;
    }

    /** A word that may be part of a path. */
    String name() {
        String name = root.text("name", DEFAULT_NAME);
        if (!name.isEmpty() && !name.matches(NAME)) {
            root.refuse(
                    "name",
                    "'" + name + "' has more than letters, digits, . _ - or does not begin with one of the first two");
        }
        return name;
    }

    long seed() {
        return root.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE, 0L);
    }

    /** Settings of Flink by key. */
    Map<String, String> flink() {
        return root.properties("flink");
    }

    Optional<HoldOut> holdOut() {
        HoldOut standard = HoldOut.defaults();
        Section holdOut = root.section("holdOut");
        double share = holdOut.number("share", Interval.BELOW_ONE, standard.share());
        int maxRows = holdOut.whole("maxRows", 1, Limits.BATCH_ROWS, standard.maxRows());
        holdOut.end();
        return holdOut.make(() -> new HoldOut(share, maxRows));
    }

    /** @param name told apart by it, jobs do not write into one folder unless their settings say so */
    Snapshots snapshots(String name) {
        Section snapshots = root.section("snapshots");
        String folder = orDefault(
                snapshots, "folder", defaults.snapshots().map(parent -> parent.replaceFirst("/*$", "/") + name));
        if (!folder.isEmpty() && !folder.matches(PLACE)) {
            snapshots.refuse(
                    "folder",
                    "'%s' is neither a URI nor a path from the root, but subtasks on other machines write there"
                            .formatted(folder));
        }
        int everyRounds = snapshots.whole("everyRounds", 1, Limits.ROUNDS, DEFAULT_SNAPSHOT_ROUNDS);
        snapshots.end();
        return new Snapshots(folder, everyRounds);
    }

    /** What models write while they are trained. */
    Optional<SampleSettings> samples() {
        SampleSettings standard = SampleSettings.NONE;
        Section samples = root.section("samples");
        int everyRounds = samples.whole("everyRounds", 1, Limits.ROUNDS, standard.everyRounds());
        int tokens = samples.whole("tokens", 1, Limits.SEQUENCE_LENGTH, standard.tokens());
        double temperature = samples.number(
                "temperature", Interval.NOT_NEGATIVE, standard.rules().temperature());
        int topK = samples.whole("topK", 0, Limits.PIECES, standard.rules().topK());
        double topP = samples.number("topP", Interval.SHARE, standard.rules().topP());
        Map<String, List<String>> prompts = samples.textLists("prompts");
        samples.end();
        return samples.make(
                () -> new SampleSettings(everyRounds, tokens, new SamplingRules(temperature, topK, topP), prompts));
    }

    /** @param name under which progress is shown in Kafka, unless the section names another group */
    Optional<Kafka> kafka(String name) {
        Section kafka = root.section("kafka");
        String servers = orDefault(kafka, "bootstrapServers", defaults.bootstrapServers());
        String group = kafka.text("groupId", name);
        String prefix = kafka.text("topicPrefix", CorpusDeserializer.DEFAULT_PREFIX);
        var start = kafka.choice("start", Words.of(CorpusSource.Start.values()), CorpusSource.Start.EARLIEST);
        long discoveryMs = kafka.quantity("discoveryInterval", Quantities.DURATION, DEFAULT_DISCOVERY_MS);
        int maxDocument = bytes(kafka, "maxDocument", CorpusDeserializer.DEFAULT_MAX_DOCUMENT_BYTES);
        int maxDeadLetter = bytes(kafka, "maxDeadLetter", DeadLetterSink.DEFAULT_MAX_RECORD_BYTES);
        Map<String, String> common = client(kafka, "properties");
        Map<String, String> consumer = joined(common, client(kafka, "consumer"));
        Map<String, String> producer = joined(common, client(kafka, "producer"));
        kafka.end();
        return kafka.make(() -> new Kafka(
                new CorpusSource(servers, group, start, Duration.ofMillis(discoveryMs), consumer),
                prefix,
                maxDocument,
                new DeadLetterSink(servers, maxDeadLetter, producer),
                new ReportSink(servers, producer),
                joined(common, Map.of("bootstrap.servers", servers))));
    }

    /** Properties of a client of Kafka, which may refer to secrets but hold none. */
    private static Map<String, String> client(Section kafka, String key) {
        Map<String, String> properties = kafka.properties(key);
        properties.forEach((name, value) ->
                KafkaSecrets.plain(name, value).ifPresent(problem -> kafka.refuse(key + "." + name, problem)));
        return properties;
    }

    /** Empty where a plan is made without it. */
    private String orDefault(Section section, String key, Optional<String> fallback) {
        if (fallback.isPresent() || purpose == Purpose.PLAN) {
            return section.text(key, fallback.orElse("none:/"));
        }
        return section.text(key);
    }

    private static int bytes(Section section, String key, int fallback) {
        long bytes = section.quantity(key, Quantities.SIZE, fallback);
        if (bytes > MAX_RECORD_BYTES) {
            section.refuse(
                    key, "%,d bytes are more than the %,d that one record may have".formatted(bytes, MAX_RECORD_BYTES));
            return fallback;
        }
        return (int) bytes;
    }

    private static Map<String, String> joined(Map<String, String> common, Map<String, String> own) {
        Map<String, String> joined = new HashMap<>(common);
        joined.putAll(own);
        return KafkaSecrets.resolvable(joined);
    }
}
