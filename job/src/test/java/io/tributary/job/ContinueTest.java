package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.JobDefaults;
import io.tributary.config.PipelineConfig;
import io.tributary.config.SettingsFile;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.huggingface.Export;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import io.tributary.snapshot.Dtype;
import io.tributary.snapshot.Snapshot;
import io.tributary.vocabulary.Tokenizer;
import io.tributary.vocabulary.VocabularyTrainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A run of two rounds beside a new one that begins with the model after the first round, and with the text that was left
 * then. Under settings that carry nothing but parameters from one round to the next, both end with the same bytes.
 */
class ContinueTest {
    private static final int BATCH_TOKENS = 2 * 16;

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;

    enum Run {
        SPEC,
        GLOB,
        SINGLE;

        List<String> sources() {
            return this == SPEC ? List.of("spec") : List.of(name() + "-a", name() + "-b");
        }

        private String architecture() {
            return this == GLOB ? "architecture: llama, keyValueHeads: 1" : "architecture: gpt2";
        }
    }

    @BeforeAll
    static void startKafka() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        Pipelines.createTopics(kafka.bootstrapServers(), "", List.of(ReportSink.TOPIC, DeadLetterSink.TOPIC));
    }

    @AfterAll
    static void stopKafka() throws Exception {
        kafka.close();
    }

    @ParameterizedTest
    @EnumSource
    void aRunThatBeginsWithASnapshotOrAnExportedModelEndsWithTheBytesOfTheOneThatWentOn(Run run) throws Exception {
        Files.write(folder.resolve("all.model"), vocabulary(run.sources()));
        feed(run, "whole", 0);
        feed(run, "rest", Pipelines.LOCAL_STEPS);
        Path whole = train(run, "whole", 1, 2, true, "");
        Path first = whole.resolve("round-000001");

        Path continued = train(run, "rest", 99, 1, false, init(first));
        assertSameParameters(whole.resolve("round-000002"), continued.resolve("round-000001"));

        // The exported model of one source is all of the model where one trains, or all share everything.
        if (run != Run.SINGLE) {
            Path exported = Files.createTempDirectory(folder, "exported");
            new Export(Dtype.F32, 5_000)
                    .run(Snapshot.open(local(first)), run.sources().get(0), local(exported));
            Path imported = train(run, "rest", 99, 1, false, init(exported));
            assertSameParameters(whole.resolve("round-000002"), imported.resolve("round-000001"));
        }
    }

    private static String init(Path from) {
        return "init: {from: '%s'}".formatted(from);
    }

    private static void assertSameParameters(Path one, Path other) throws Exception {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(one)) {
            files = walk.filter(file -> file.toString().matches(".*\\.(safetensors|model)"))
                    .map(one::relativize)
                    .toList();
        }
        assertThat(files).hasSizeGreaterThan(2).allSatisfy(file -> assertThat(other.resolve(file))
                .hasSameBinaryContentAs(one.resolve(file)));
    }

    /** Runs to the end and returns the folder of snapshots. */
    private static Path train(Run run, String text, long seed, int rounds, boolean namesVocabulary, String init)
            throws Exception {
        Path snapshots = Files.createTempDirectory(folder, "snapshots");
        boolean global = namesVocabulary && run == Run.GLOB;
        String own = namesVocabulary && run != Run.GLOB ? ", vocabulary: all.model" : "";
        String sources = String.join(
                ", ",
                run.sources().stream().map(name -> "{name: " + name + own + "}").toList());
        String yaml =
                """
                seed: %d
                model: {%s, layers: 1, width: 16, heads: 2, sequenceLength: 16}
                variant: %s
                vocabulary: {pieces: 400%s}
                sources: [%s]
                training: {batchRows: 2, learningRate: {peak: 1e-3}, innerState: reset}
                rounds: {localSteps: %d, count: %d}
                holdOut: {share: 0}
                kafka: {bootstrapServers: '%s', topicPrefix: %s-%s.}
                snapshots: {folder: '%s', everyRounds: 1}
                %s
                """
                        .formatted(
                                seed,
                                run.architecture(),
                                run.name().toLowerCase(Locale.ROOT),
                                global ? ", file: all.model" : "",
                                sources,
                                Pipelines.LOCAL_STEPS,
                                rounds,
                                kafka.bootstrapServers(),
                                text,
                                run,
                                snapshots.toUri(),
                                init);
        PipelineConfig config =
                SettingsFile.parseJob(yaml, folder, JobDefaults.none()).pipeline();
        Cluster.run(config, 2, snapshots, rounds, folder.resolve("flink"));
        return snapshots;
    }

    private static void feed(Run run, String text, int from) throws Exception {
        Pipelines.createTopics(kafka.bootstrapServers(), text + "-" + run + ".", run.sources());
        for (String source : run.sources()) {
            List<String> documents = documents(source, vocabulary(run.sources()));
            Pipelines.feed(
                    kafka.bootstrapServers(),
                    text + "-" + run + ".",
                    source,
                    documents.subList(from, documents.size()));
        }
    }

    /** Documents that fill a batch each with their end, so that nothing of one batch waits in the packing for the next. */
    private static List<String> documents(String source, byte[] vocabulary) {
        Random random = new Random(source.hashCode());
        List<String> documents = new ArrayList<>();
        try (Tokenizer tokenizer = Tokenizer.load(vocabulary)) {
            while (documents.size() < 2 * Pipelines.LOCAL_STEPS) {
                StringBuilder text = new StringBuilder("So");
                while (tokenizer.encode(text.toString()).length < BATCH_TOKENS - 1) {
                    text.append(' ').append(Integer.toString(random.nextInt(36 * 36), 36));
                }
                if (tokenizer.encode(text.toString()).length == BATCH_TOKENS - 1) {
                    documents.add(text.toString());
                }
            }
        }
        return documents;
    }

    private static byte[] vocabulary(List<String> sources) {
        VocabularyTrainer trainer = new VocabularyTrainer(400);
        sources.forEach(source -> Pipelines.documents(source, 20).forEach(trainer::add));
        return trainer.train();
    }

    private static org.apache.flink.core.fs.Path local(Path path) {
        return org.apache.flink.core.fs.Path.fromLocalFile(path.toFile());
    }
}
