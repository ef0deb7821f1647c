package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.embedded.EmbeddedKafka;
import io.tributary.flow.TrainingSettings;
import io.tributary.flow.VocabularySettings;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import io.tributary.merge.InnerState;
import io.tributary.merge.Merging;
import io.tributary.merge.OuterOptimizer;
import io.tributary.merge.Weighting;
import io.tributary.model.BodyLayout;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import io.tributary.snapshot.SafetensorsReader;
import io.tributary.snapshot.Snapshot;
import io.tributary.snapshot.SnapshotWriter;
import io.tributary.vocabulary.VocabularyTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole job beside an oracle that knows no streams: four unequal sources on two subtasks. */
class VariantsTest {
    private static final List<String> SOURCES = List.of("wide", "narrow", "long", "short");
    private static final int ROUNDS = 5;
    private static final int SHARD_VALUES = 1000;
    private static final long BOOTSTRAP_BYTES = 300;

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startKafka() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        Pipelines.createTopics(kafka.bootstrapServers(), "", List.of(ReportSink.TOPIC, DeadLetterSink.TOPIC));
        Pipelines.createTopics(kafka.bootstrapServers(), "v.", SOURCES);
        SOURCES.forEach(source -> Pipelines.feed(kafka.bootstrapServers(), "v.", source, documents(source)));
    }

    @AfterAll
    static void stopKafka() throws Exception {
        kafka.close();
    }

    private static List<String> documents(String source) {
        return Pipelines.documents(source, 150 + 20 * source.length());
    }

    static Stream<Arguments> mergings() {
        OuterOptimizer averaging = new OuterOptimizer.Averaging();
        List<Arguments> mergings = new ArrayList<>();
        for (Variant variant : List.of(Variant.SPEC, Variant.TRIM, Variant.GLOB)) {
            mergings.add(Arguments.of(merging(variant, averaging), 0.0));
            mergings.add(Arguments.of(merging(variant, OuterOptimizer.Nesterov.defaults()), 1e-6));
            mergings.add(Arguments.of(merging(variant, OuterOptimizer.FedAdam.defaults()), 1e-6));
        }
        return mergings.stream();
    }

    private static Merging merging(Variant variant, OuterOptimizer outer) {
        return new Merging(variant, outer, Weighting.TOKENS, new InnerState.Keep(), SHARD_VALUES, 0);
    }

    @ParameterizedTest
    @MethodSource("mergings")
    void fiveRoundsOfTheJobAndOfTheOracleAgree(Merging merging, double tolerance) throws Exception {
        TrainingSettings settings = settings(merging);
        Path snapshots = Files.createTempDirectory(folder, "snapshots");
        Cluster.run(
                Pipelines.config(kafka.bootstrapServers(), "v.", settings, snapshots),
                2,
                snapshots,
                ROUNDS,
                folder.resolve("flink"));

        Snapshot snapshot = Snapshot.open(new org.apache.flink.core.fs.Path(
                snapshots.resolve("round-%06d".formatted(ROUNDS)).toUri()));
        try (VariantOracle oracle = oracle(settings)) {
            oracle.train(ROUNDS);
            assertThatTheyAgree(body(snapshot, settings), oracle.shared(ParameterGroup.BODY), tolerance);
            for (String source : SOURCES) {
                assertThatTheyAgree(
                        embedding(snapshot, settings, source, SnapshotWriter.TOKEN_EMBEDDING),
                        oracle.of(source, ParameterGroup.TOKENS),
                        tolerance);
                assertThatTheyAgree(
                        embedding(snapshot, settings, source, SnapshotWriter.POSITION_EMBEDDING),
                        oracle.of(source, ParameterGroup.POSITIONS),
                        tolerance);
                if (settings.merging().variant().byRows()) {
                    assertThat(snapshot.heldPieces(source))
                            .hasValueSatisfying(held -> assertThat(held).isEqualTo(oracle.held(source)));
                    assertThat(oracle.held(source)).hasSizeGreaterThan(oracle.heldAtFirst(source));
                }
            }
        }
    }

    private static void assertThatTheyAgree(float[] job, float[] oracle, double tolerance) {
        if (tolerance == 0) {
            assertThat(job).containsExactly(oracle);
        } else {
            assertThat(job).hasSameSizeAs(oracle);
            assertThat(VariantOracle.relativeDistance(job, oracle)).isCloseTo(0, within(tolerance));
        }
    }

    private static float[] body(Snapshot snapshot, TrainingSettings settings) throws IOException {
        float[] body = new float[Math.toIntExact(settings.shape().bodyParameters())];
        try (SafetensorsReader reader = snapshot.body()) {
            for (BodyLayout.BodyTensor tensor : BodyLayout.of(settings.shape()).tensors()) {
                float[] values = reader.read(tensor.name());
                System.arraycopy(values, 0, body, (int) tensor.offset(), values.length);
            }
        }
        return body;
    }

    /** From the source's own file, or the one that all share. */
    private static float[] embedding(Snapshot snapshot, TrainingSettings settings, String source, String name)
            throws IOException {
        Variant variant = settings.merging().variant();
        boolean own = !variant.shared().contains(ParameterGroup.TOKENS)
                || (variant.byRows() && name.equals(SnapshotWriter.TOKEN_EMBEDDING));
        try (SafetensorsReader reader = own ? snapshot.embeddings(source) : snapshot.sharedEmbeddings()) {
            return reader.read(name);
        }
    }

    private static TrainingSettings settings(Merging merging) {
        VocabularyTrainer global = new VocabularyTrainer(420);
        Map<String, byte[]> given = new LinkedHashMap<>();
        int pieces = 300;
        for (String source : SOURCES) {
            VocabularyTrainer own = new VocabularyTrainer(pieces += 25);
            documents(source).forEach(own::add);
            documents(source).forEach(global::add);
            given.put(source, own.train());
        }
        VocabularySettings vocabulary = merging.variant().globalVocabulary()
                ? new VocabularySettings(420, BOOTSTRAP_BYTES, 60_000, Map.of(), Optional.of(global.train()))
                : new VocabularySettings(420, BOOTSTRAP_BYTES, 60_000, given);
        return Pipelines.training(SOURCES, merging, new RoundRules(Pipelines.LOCAL_STEPS, 120_000, ROUNDS), vocabulary);
    }

    private static VariantOracle oracle(TrainingSettings settings) {
        VocabularySettings vocabulary = settings.vocabulary();
        List<NaiveText> texts = new ArrayList<>();
        for (String source : SOURCES) {
            byte[] model =
                    vocabulary.global().orElseGet(() -> vocabulary.given().get(source));
            int length = settings.sequenceLength(source);
            texts.add(
                    settings.merging().variant().byRows()
                            ? NaiveText.byRows(
                                    source,
                                    model,
                                    documents(source),
                                    Pipelines.HOLD_OUT,
                                    length,
                                    Pipelines.LOCAL_STEPS,
                                    BOOTSTRAP_BYTES)
                            : NaiveText.whole(
                                    source,
                                    model,
                                    documents(source),
                                    Pipelines.HOLD_OUT,
                                    length,
                                    Pipelines.LOCAL_STEPS));
        }
        int tableRows = vocabulary
                .global()
                .map(model -> io.tributary.vocabulary.SentencePieceModel.read(model)
                        .pieces()
                        .size())
                .orElse(1);
        return new VariantOracle(settings, tableRows, texts);
    }
}
