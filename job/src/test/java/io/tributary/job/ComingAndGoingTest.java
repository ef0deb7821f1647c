package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.PipelineConfig;
import io.tributary.embedded.EmbeddedFlink;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.flow.TrainingSettings;
import io.tributary.flow.VocabularySettings;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import io.tributary.merge.Merging;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import io.tributary.vocabulary.VocabularyTrainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.core.execution.JobClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A source that comes while the job runs, and one that falls silent. */
class ComingAndGoingTest {
    private static final long TIMEOUT_MS = 4_000;
    private static final int COMES = 5;
    private static final int LAST = 30;

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

    /** Text for some rounds and a little more; a document makes about one round. */
    @ParameterizedTest
    @EnumSource(names = {"SPEC", "TRIM"})
    void theRoundsBeforeAreAsTheyWereAndTheOthersGoOn(Variant variant) throws Exception {
        String stays = variant + "-stays";
        String falls = variant + "-falls";
        String comes = variant + "-comes";
        List<String> listed = List.of(stays, falls);
        Path alone = alone(variant, listed);

        String prefix = variant + "-live.";
        Pipelines.createTopics(kafka.bootstrapServers(), prefix, listed);
        List<String> staying = Pipelines.documents(stays, 200);
        List<String> falling = Pipelines.documents(falls, 18);
        Pipelines.feed(kafka.bootstrapServers(), prefix, stays, staying.subList(0, 14));
        Pipelines.feed(kafka.bootstrapServers(), prefix, falls, falling.subList(0, 14));
        Path snapshots = Files.createTempDirectory(folder, "snapshots");
        try (EmbeddedFlink flink = EmbeddedFlink.start(2, 0, folder.resolve("flink"))) {
            JobClient job = flink.submit(Cluster.graph(config(prefix, variant, listed, snapshots), 2));
            Cluster.awaitSnapshot(snapshots, COMES, job);
            Pipelines.createTopics(kafka.bootstrapServers(), prefix, List.of(comes));
            Pipelines.feed(kafka.bootstrapServers(), prefix, comes, 200);
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> reports(comes).stream()
                    .anyMatch(report -> report.steps() > 0));
            Pipelines.feed(kafka.bootstrapServers(), prefix, falls, falling.subList(14, 18));
            Pipelines.feed(kafka.bootstrapServers(), prefix, stays, staying.subList(14, 200));
            Cluster.awaitSnapshot(snapshots, LAST, job);
            job.cancel().get();
        }

        for (int round = 1; round <= COMES; round++) {
            String name = "round-%06d".formatted(round);
            Snapshots.assertThatFoldersAreEqual(alone.resolve(name), snapshots.resolve(name));
        }
        assertThat(lastOf(stays).participation()).isEqualTo(Participation.FULL);
        assertThat(lastOf(comes).participation()).isEqualTo(Participation.FULL);
        RoundReport silent = lastOf(falls);
        assertThat(silent.participation()).isEqualTo(Participation.ABSTAINED);
        assertThat(silent.round()).isGreaterThanOrEqualTo(LAST - 2);
        // Rounds that a silent source is not awaited in any more are full for the others.
        assertThat(reports(stays).stream()
                        .filter(report -> report.round() > LAST - 5)
                        .map(RoundReport::participation))
                .containsOnly(Participation.FULL);
    }

    /** The run that has the two listed sources alone, and all their text at once. */
    private static Path alone(Variant variant, List<String> listed) throws Exception {
        String prefix = variant + "-alone.";
        Pipelines.createTopics(kafka.bootstrapServers(), prefix, listed);
        for (String source : listed) {
            Pipelines.feed(kafka.bootstrapServers(), prefix, source, Pipelines.documents(source, 18));
        }
        Path snapshots = Files.createTempDirectory(folder, "snapshots");
        Cluster.run(config(prefix, variant, listed, snapshots), 1, snapshots, COMES, folder.resolve("flink"));
        return snapshots;
    }

    private static RoundReport lastOf(String source) throws Exception {
        List<RoundReport> reports = reports(source);
        return reports.get(reports.size() - 1);
    }

    private static List<RoundReport> reports(String source) throws Exception {
        return Pipelines.reports(kafka.bootstrapServers()).stream()
                .filter(report -> report.source().equals(source))
                .toList();
    }

    private static PipelineConfig config(String prefix, Variant variant, List<String> listed, Path snapshots) {
        VocabularyTrainer trainer = new VocabularyTrainer(400);
        listed.forEach(source -> Pipelines.documents(source, 18).forEach(trainer::add));
        Optional<byte[]> global = variant.globalVocabulary() ? Optional.of(trainer.train()) : Optional.empty();
        TrainingSettings training = Pipelines.training(
                listed,
                Merging.averaging(variant, 1000),
                new RoundRules(Pipelines.LOCAL_STEPS, TIMEOUT_MS, LAST),
                new VocabularySettings(400, 500, 60_000, Map.of(), global));
        return Pipelines.config(
                kafka.bootstrapServers(),
                prefix,
                Pipelines.everyRound(training, training.queueLimitBytes()),
                snapshots);
    }
}
