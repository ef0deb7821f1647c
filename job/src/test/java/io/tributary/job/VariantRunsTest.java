package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.PipelineConfig;
import io.tributary.embedded.EmbeddedFlink;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.flow.TrainingSettings;
import io.tributary.flow.VocabularySettings;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import io.tributary.merge.InnerState;
import io.tributary.merge.Merging;
import io.tributary.merge.OuterOptimizer;
import io.tributary.merge.Weighting;
import io.tributary.model.AdamW;
import io.tributary.model.Architecture;
import io.tributary.model.LearningRate;
import io.tributary.model.ModelShape;
import io.tributary.model.Positions;
import io.tributary.model.Precision;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.SourceId;
import io.tributary.record.SourceKeys;
import io.tributary.record.Variant;
import io.tributary.round.Mixture;
import io.tributary.round.RoundRules;
import io.tributary.round.Sampling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Settings of every kind, each in a run that is left alone and in one that is stopped and goes on elsewhere. */
class VariantRunsTest {
    private static final int ROUNDS = 40;
    private static final long TIMEOUT_MS = 120_000;

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;

    /** A run: what is shared and how, and who takes part. */
    enum Run {
        TRIM_WITH_MERGED_MOMENTS,
        GLOB_THAT_FORGETS,
        SPEC_WITH_OWN_LENGTHS,
        SPEC_OF_LLAMA_THAT_FORGETS,
        MIXTURE,
        SINGLE_WITH_ALIBI;

        List<String> sources() {
            return Stream.of("a", "bb", "ccc").map(name -> name() + "-" + name).toList();
        }

        private Merging merging() {
            return switch (this) {
                case TRIM_WITH_MERGED_MOMENTS ->
                    merging(Variant.TRIM, OuterOptimizer.Nesterov.defaults(), new InnerState.Sync(1, 3), 0);
                case GLOB_THAT_FORGETS ->
                    merging(Variant.GLOB, new OuterOptimizer.Averaging(), new InnerState.Sync(2, 3), 4);
                case SPEC_WITH_OWN_LENGTHS ->
                    merging(Variant.SPEC, OuterOptimizer.FedAdam.defaults(), new InnerState.Reset(), 0);
                case SPEC_OF_LLAMA_THAT_FORGETS ->
                    merging(Variant.SPEC, new OuterOptimizer.Averaging(), new InnerState.Keep(), 3);
                case MIXTURE -> merging(Variant.STD, new OuterOptimizer.Averaging(), new InnerState.Keep(), 0);
                case SINGLE_WITH_ALIBI ->
                    merging(Variant.SINGLE, new OuterOptimizer.Averaging(), new InnerState.Keep(), 0);
            };
        }

        private static Merging merging(Variant variant, OuterOptimizer outer, InnerState inner, int resetRounds) {
            return new Merging(variant, outer, Weighting.EQUAL, inner, 700, resetRounds);
        }

        private Architecture architecture() {
            return switch (this) {
                case SINGLE_WITH_ALIBI -> new Architecture.Gpt2(Positions.ALIBI);
                case SPEC_OF_LLAMA_THAT_FORGETS -> new Architecture.Llama(1, 24, 10_000, true);
                default -> new Architecture.Gpt2(Positions.LEARNED);
            };
        }

        private RoundRules rules(Collection<SourceId> sources) {
            int steps = Pipelines.LOCAL_STEPS;
            return switch (this) {
                case MIXTURE ->
                    RoundRules.mixture(
                            TIMEOUT_MS,
                            ROUNDS,
                            new Mixture(1, Map.of(sources().get(0), 3.0)).steps(sources, 4 * steps));
                case GLOB_THAT_FORGETS, SPEC_WITH_OWN_LENGTHS ->
                    new RoundRules(steps, TIMEOUT_MS, ROUNDS, new Sampling(0.5, 3, Set.copyOf(sources)), Map.of());
                default -> new RoundRules(steps, TIMEOUT_MS, ROUNDS);
            };
        }

        TrainingSettings settings() {
            Merging merging = merging();
            Map<String, SourceId> ids =
                    merging.variant().mixture() ? SourceKeys.together(sources()) : SourceKeys.of(sources());
            return new TrainingSettings(
                    11,
                    new ModelShape(1, 16, 2, 16, architecture()),
                    Precision.FP32,
                    AdamW.defaults(),
                    new LearningRate.WarmupStableDecay(2e-3, 4, 60, 40, 0.1),
                    2,
                    rules(ids.values()),
                    merging,
                    new VocabularySettings(380, 600, 60_000, Map.of()),
                    Pipelines.HOLD_OUT,
                    4,
                    64 << 20,
                    List.copyOf(ids.values()),
                    this == SPEC_WITH_OWN_LENGTHS ? Map.of(sources().get(1), 9) : Map.of());
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
    void aRunThatIsStoppedAndResumedOnOtherSubtasksEndsWithTheBytesOfOneThatIsNot(Run run) throws Exception {
        Pipelines.createTopics(kafka.bootstrapServers(), prefix(run), run.sources());
        for (String source : run.sources()) {
            Pipelines.feed(kafka.bootstrapServers(), prefix(run), source, 130);
        }
        Path unbroken = Files.createTempDirectory(folder, "snapshots");
        Cluster.run(config(run, unbroken), 1, unbroken, ROUNDS, folder.resolve("flink"));
        List<RoundReport> reports = reports(run);

        Path broken = Files.createTempDirectory(folder, "snapshots");
        stopAndResume(run, broken);

        Snapshots.assertThatFoldersAreEqual(unbroken, broken);
        assertThat(reports).isNotEmpty().extracting(RoundReport::participation).containsOnly(participation(run));
    }

    private static Participation[] participation(Run run) {
        return run.settings().rounds().sampling().share() < 1
                ? new Participation[] {Participation.FULL, Participation.ABSTAINED}
                : new Participation[] {Participation.FULL};
    }

    private static void stopAndResume(Run run, Path snapshots) throws Exception {
        String savepoint;
        try (EmbeddedFlink flink = EmbeddedFlink.start(2, 0, folder.resolve("flink"))) {
            JobClient job = flink.submit(Cluster.graph(config(run, snapshots), 2));
            Cluster.awaitSnapshot(snapshots, 8, job);
            savepoint = job.stopWithSavepoint(
                            false, folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                    .get();
        }
        assertThat(snapshots.resolve("round-%06d".formatted(ROUNDS)))
                .as("the run was stopped before its end")
                .doesNotExist();
        try (EmbeddedFlink flink = EmbeddedFlink.start(3, 0, folder.resolve("flink"))) {
            StreamGraph resumed = Cluster.graph(config(run, snapshots), 3);
            resumed.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
            JobClient job = flink.submit(resumed);
            Cluster.awaitSnapshot(snapshots, ROUNDS, job);
            job.cancel().get();
        }
    }

    private static List<RoundReport> reports(Run run) throws Exception {
        return Pipelines.reports(kafka.bootstrapServers()).stream()
                .filter(report -> run.sources().contains(report.source()))
                .toList();
    }

    private static String prefix(Run run) {
        return "run-" + run + ".";
    }

    private static PipelineConfig config(Run run, Path snapshots) {
        return Pipelines.config(kafka.bootstrapServers(), prefix(run), run.settings(), snapshots);
    }
}
