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
import io.tributary.plan.RoundBytes;
import io.tributary.record.ParameterGroup;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Traffic;
import io.tributary.record.SourceKeys;
import io.tributary.record.Variant;
import io.tributary.round.Mixture;
import io.tributary.round.RoundRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
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

/** What the running job reports of its bytes, beside what the plan says: four unequal sources on two subtasks. */
class MeasuredBytesTest {
    private static final List<String> SOURCES = List.of("wide", "narrow", "long", "short");
    private static final int ROUNDS = 5;
    private static final int PIECES = 400;

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startKafka() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        Pipelines.createTopics(kafka.bootstrapServers(), "", List.of(ReportSink.TOPIC, DeadLetterSink.TOPIC));
    }

    @AfterAll
    static void stopKafka() throws Exception {
        kafka.close();
    }

    static Stream<Arguments> mergings() {
        return Stream.concat(
                Stream.of(Variant.values()).map(variant -> Arguments.of(variant, new InnerState.Keep())),
                Stream.of(Variant.SPEC, Variant.TRIM, Variant.GLOB)
                        .map(variant -> Arguments.of(variant, new InnerState.Sync(1, 2))));
    }

    /** Vocabularies are trained on the stream, for the variants that have one from the first text of all sources. */
    @ParameterizedTest
    @MethodSource("mergings")
    void theBytesOfEveryRoundAreThoseOfThePlan(Variant variant, InnerState innerState) throws Exception {
        // Each run has sources of its own, since all report to one topic.
        String run = variant + "-" + innerState.getClass().getSimpleName();
        List<String> sources =
                SOURCES.stream().map(source -> run + "-" + source).toList();
        TrainingSettings settings = settings(variant, innerState, sources);
        Pipelines.createTopics(kafka.bootstrapServers(), run + ".", sources);
        for (String source : sources) {
            Pipelines.feed(kafka.bootstrapServers(), run + ".", source, 100 + 10 * source.length());
        }
        Path snapshots = Files.createTempDirectory(folder, "snapshots");
        Cluster.run(
                Pipelines.config(kafka.bootstrapServers(), run + ".", settings, snapshots),
                2,
                snapshots,
                ROUNDS,
                folder.resolve("flink"));

        List<RoundReport> reports = Pipelines.reports(kafka.bootstrapServers());
        for (String source : sources) {
            List<RoundReport> own = reports.stream()
                    .filter(report -> report.source().equals(source))
                    .sorted(Comparator.comparingLong(RoundReport::round))
                    .toList();
            assertThat(own).hasSize(ROUNDS);
            // A vocabulary that grows does so between what a round sends and what comes back.
            for (int round = 1; round < ROUNDS; round++) {
                long due = round;
                RoundReport before = own.get(round - 1);
                RoundReport after = own.get(round);
                for (ParameterGroup group : ParameterGroup.values()) {
                    long sent = planned(settings, before.vocabularySize(), due, group);
                    long received = planned(settings, after.vocabularySize(), due, group);
                    assertThat((double) traffic(after, group).map(Traffic::sent).orElse(0L))
                            .as("%s sent by %s in round %d", group, source, round)
                            .isCloseTo((double) sent, within(0.01 * sent));
                    assertThat((double)
                                    traffic(after, group).map(Traffic::received).orElse(0L))
                            .as("%s received by %s in round %d", group, source, round)
                            .isCloseTo((double) received, within(0.01 * received));
                }
            }
        }
    }

    private static Optional<Traffic> traffic(RoundReport report, ParameterGroup group) {
        return report.traffic().stream()
                .filter(traffic -> traffic.group() == group)
                .findFirst();
    }

    private static long planned(TrainingSettings settings, int pieces, long round, ParameterGroup group) {
        RoundBytes plan = new RoundBytes(
                settings.shape(),
                settings.merging().variant(),
                pieces,
                PIECES,
                settings.shape().sequenceLength(),
                settings.merging().innerState(),
                round);
        return plan.sent(group) + (group == ParameterGroup.TOKENS ? plan.rowIds() : 0);
    }

    private static TrainingSettings settings(Variant variant, InnerState innerState, List<String> sources) {
        Merging merging = new Merging(variant, new OuterOptimizer.Averaging(), Weighting.TOKENS, innerState, 1000, 0);
        VocabularySettings vocabulary = new VocabularySettings(PIECES, 1_000, 60_000, Map.of());
        if (!variant.mixture()) {
            return Pipelines.training(
                    sources, merging, new RoundRules(Pipelines.LOCAL_STEPS, 120_000, ROUNDS), vocabulary);
        }
        var ids = SourceKeys.together(sources).values();
        int steps = Pipelines.LOCAL_STEPS * ids.size();
        Mixture mixture = new Mixture(0.3, Map.of(sources.get(0), 8.0));
        return Pipelines.training(
                sources, merging, RoundRules.mixture(120_000, ROUNDS, mixture.steps(ids, steps)), vocabulary);
    }
}
