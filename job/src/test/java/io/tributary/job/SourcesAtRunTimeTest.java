package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.PipelineConfig;
import io.tributary.embedded.EmbeddedFlink;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.flow.TrainingSettings;
import io.tributary.flow.VocabularySettings;
import io.tributary.kafka.ControlTopic;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import io.tributary.ledger.LedgerLine;
import io.tributary.ledger.LedgerReader;
import io.tributary.merge.Merging;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.Standing;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import io.tributary.snapshot.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources that are paused, resumed and retired, and one that comes much faster than another, on a real Kafka and Flink. */
class SourcesAtRunTimeTest {
    private static final long QUEUE_LIMIT_BYTES = 2 << 20;

    private static final int ENDLESS = 1_000_000;

    @TempDir
    private static Path folder;

    private static EmbeddedKafka kafka;

    @BeforeAll
    static void startKafka() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        Pipelines.createTopics(
                kafka.bootstrapServers(), "", List.of(ReportSink.TOPIC, DeadLetterSink.TOPIC, ControlTopic.NAME));
    }

    @AfterAll
    static void stopKafka() throws Exception {
        kafka.close();
    }

    @Test
    void aSourceIsPausedResumedAndRetired() throws Exception {
        String prefix = "orders.";
        List<String> sources = List.of("keeps", "obeys");
        feed(prefix, sources, 3000);
        Path snapshots = Files.createTempDirectory(folder, "snapshots");
        try (EmbeddedFlink flink = EmbeddedFlink.start(2, 0, folder.resolve("flink"))) {
            JobClient job = flink.submit(Cluster.graph(config(prefix, sources, snapshots), 2));
            Cluster.awaitSnapshot(snapshots, 2, job);
            order("pause", "obeys", job.getJobID().toHexString());
            order("retire", "keeps", "0123456789abcdef0123456789abcdef");
            awaiting().until(() -> last("obeys").participation() == Participation.ABSTAINED);
            assertThat(ledger(job)).extracting(LedgerLine::standing).containsExactly(Standing.ACTIVE, Standing.PAUSED);
            assertThat(last("keeps").participation()).isEqualTo(Participation.FULL);

            order("resume", "obeys", "");
            awaiting().until(() -> last("obeys").participation() == Participation.FULL);
            order("retire", "obeys", job.getJobID().toHexString());
            awaiting().until(() -> latest(snapshots).sources().equals(Set.of("keeps")));
            assertThat(ledger(job)).extracting(LedgerLine::standing).containsExactly(Standing.ACTIVE, Standing.RETIRED);
            job.cancel().get();
        }
        assertThat(snapshotOf(snapshots, last("obeys").round() + 1).sources())
                .as("what it learnt is in the last snapshot that it was in")
                .contains("obeys");
    }

    /**
     * The slow source has its text in few records behind the flood of the other. How far a queue goes beyond its half is a
     * matter of when the reader hears of it, which a checkpoint in progress puts off; that most of the flood stays in Kafka
     * is not: as tokens, all of it would fill the queue ten times.
     */
    @Test
    void aSourceThatComesMuchFasterWaitsInKafkaAndHoldsNobodyUp() throws Exception {
        String prefix = "rates.";
        feed(prefix, List.of("fast"), 60_000);
        feed(prefix, List.of("slow"), 300);
        Path snapshots = Files.createTempDirectory(folder, "snapshots");
        try (EmbeddedFlink flink = EmbeddedFlink.start(1, 0, folder.resolve("flink"))) {
            JobClient job = flink.submit(Cluster.graph(config(prefix, List.of("fast", "slow"), snapshots), 1));
            Cluster.awaitSnapshot(snapshots, 150, job);
            List<LedgerLine> ledger = ledger(job);
            job.cancel().get();

            assertThat(ledger.get(0).source()).isEqualTo("fast");
            assertThat(ledger.get(0).records()).isLessThan(20_000);
            assertThat(ledger.get(1).records()).isEqualTo(300);
        }
        List<RoundReport> reports = Pipelines.reports(kafka.bootstrapServers());
        assertThat(reports)
                .filteredOn(report -> List.of("fast", "slow").contains(report.source()))
                .hasSizeGreaterThan(290)
                .allSatisfy(report -> assertThat(report.participation()).isEqualTo(Participation.FULL));
        long batchBytes = 4L * Pipelines.SHAPE.sequenceLength() * Integer.BYTES;
        assertThat(reports)
                .filteredOn(report -> report.source().equals("fast"))
                .extracting(report -> report.queuedBatches() * batchBytes)
                .anyMatch(bytes -> bytes > QUEUE_LIMIT_BYTES / 8);
    }

    private static void feed(String prefix, List<String> sources, int documents) throws Exception {
        Pipelines.createTopics(kafka.bootstrapServers(), prefix, sources);
        sources.forEach(source -> Pipelines.feed(kafka.bootstrapServers(), prefix, source, documents));
    }

    private static void order(String order, String source, String job) {
        Pipelines.send(
                kafka.bootstrapServers(),
                List.of(new ProducerRecord<>(ControlTopic.NAME, ControlTopic.place(order, source, job))));
    }

    /** What came in is somewhere, in a checkpoint of a job that runs. */
    private static List<LedgerLine> ledger(JobClient job) throws Exception {
        String savepoint = job.triggerSavepoint(
                        folder.resolve("savepoints").toUri().toString(), SavepointFormatType.CANONICAL)
                .get();
        List<LedgerLine> ledger = LedgerReader.read(savepoint);
        assertThat(ledger).allSatisfy(line -> {
            assertThat(line.missingBytes()).as(line.toString()).isZero();
            assertThat(line.trainedBytes()).isPositive();
            assertThat(line.queuedBytes()).isPositive();
            assertThat(line.heldOutBytes()).isPositive();
        });
        return ledger;
    }

    private static ConditionFactory awaiting() {
        return Awaitility.await().atMost(Duration.ofMinutes(1));
    }

    private static RoundReport last(String source) throws Exception {
        List<RoundReport> reports = Pipelines.reports(kafka.bootstrapServers()).stream()
                .filter(report -> report.source().equals(source))
                .toList();
        return reports.get(reports.size() - 1);
    }

    private static Snapshot latest(Path snapshots) throws Exception {
        return Snapshot.open(Snapshot.latest(new org.apache.flink.core.fs.Path(snapshots.toUri()))
                .orElseThrow());
    }

    private static Snapshot snapshotOf(Path snapshots, long round) throws Exception {
        return Snapshot.open(new org.apache.flink.core.fs.Path(
                snapshots.resolve("round-%06d".formatted(round)).toUri()));
    }

    private static PipelineConfig config(String prefix, List<String> listed, Path snapshots) {
        TrainingSettings training = Pipelines.training(
                listed,
                Merging.averaging(Variant.SPEC, 1000),
                new RoundRules(Pipelines.LOCAL_STEPS, 120_000, ENDLESS),
                new VocabularySettings(400, 2_000, 60_000, Map.of(), Optional.empty()));
        return Pipelines.config(
                kafka.bootstrapServers(), prefix, Pipelines.everyRound(training, QUEUE_LIMIT_BYTES), snapshots);
    }
}
