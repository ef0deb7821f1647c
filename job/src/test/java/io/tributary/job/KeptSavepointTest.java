package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.embedded.EmbeddedFlink;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.ledger.LedgerLine;
import io.tributary.ledger.LedgerReader;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.Standing;
import io.tributary.record.Variant;
import io.tributary.snapshot.SafetensorsReader;
import io.tributary.snapshot.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.util.FileUtils;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Savepoints that earlier versions made, of which the README beside them tells, go on in this one. */
class KeptSavepointTest {
    private static final String WRITE = "tributary.savepoint.write";
    private static final String VERSION = "v1";
    /** A snapshot from before the savepoint: of equal bytes where the arithmetic is that of the machine that made it. */
    private static final String FINGERPRINT = "round-000002-manifest.json";

    private static final String LEDGER = "ledger.txt";
    /** Other arithmetic moves a parameter by less than one of the eighty steps does. */
    private static final Offset<Float> TOLERANCE = Offset.offset(1e-3f);

    private static final int ENDLESS = 1_000_000;

    @TempDir
    Path folder;

    private EmbeddedKafka kafka;

    @BeforeEach
    void startKafka() throws Exception {
        kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
    }

    @AfterEach
    void stopKafka() throws Exception {
        kafka.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"SPEC", "TRIM"})
    @DisabledIfSystemProperty(named = WRITE, matches = "true")
    void aSavepointOfAnEarlierVersionGoesOnAsIfItHadNeverStopped(Variant variant) throws Exception {
        Path kept = resource(variant);
        assertThat(LedgerReader.read(kept.toString()).toString())
                .isEqualToIgnoringWhitespace(Files.readString(kept.resolve(LEDGER)));

        KeptRun run = run(variant);
        Path unbroken = folder.resolve("unbroken");
        List<LedgerLine> expected = run.unbroken(unbroken);
        Path resumed = folder.resolve("resumed");
        List<LedgerLine> ledger = resume(run, kept, resumed);

        assertThat(ledger).isEqualTo(expected).allSatisfy(line -> assertThat(line.missingBytes())
                .isZero());
        assertThat(ledger).extracting(LedgerLine::standing).containsOnlyOnce(Standing.PAUSED);
        // A later version may write more files.
        if (files(Cluster.manifest(unbroken, 2)).containsAll(files(kept.resolve(FINGERPRINT)))) {
            Snapshots.assertThatFoldersAreEqual(round(unbroken, KeptRun.ROUNDS), round(resumed, KeptRun.ROUNDS));
        } else {
            assertThatTensorsAreClose(round(unbroken, KeptRun.ROUNDS), round(resumed, KeptRun.ROUNDS));
        }
        whatWaitedInItIsTrained(run, kept);
    }

    private static Set<Map.Entry<String, JsonNode>> files(Path manifest) throws IOException {
        return new ObjectMapper().readTree(manifest.toFile()).get("files").properties();
    }

    private List<LedgerLine> resume(KeptRun run, Path kept, Path snapshots) throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start(3, 0, run.work())) {
            StreamGraph graph = run.graph(snapshots, KeptRun.ROUNDS, 3);
            graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(kept.toString()));
            return run.end(flink.submit(graph), snapshots);
        }
    }

    private void whatWaitedInItIsTrained(KeptRun run, Path kept) throws Exception {
        Path snapshots = folder.resolve("endless");
        try (EmbeddedFlink flink = EmbeddedFlink.start(1, 0, run.work())) {
            StreamGraph graph = run.graph(snapshots, ENDLESS, 1);
            graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(kept.toString()));
            JobClient job = flink.submit(graph);
            run.order("resume");
            run.feedMore();
            KeptRun.await(job, () -> takesPart(KeptRun.PAUSED) && takesPart(KeptRun.LATE));
            assertThat(run.ledger(job)).allSatisfy(line -> {
                assertThat(line.missingBytes()).as(line.toString()).isZero();
                assertThat(line.standing()).isEqualTo(Standing.ACTIVE);
            });
            job.cancel().get();
        }
        assertThat(Snapshot.open(Snapshot.latest(new org.apache.flink.core.fs.Path(snapshots.toUri()))
                                .orElseThrow())
                        .sources())
                .contains(KeptRun.LATE, KeptRun.PAUSED);
    }

    private boolean takesPart(String source) throws IOException {
        return Pipelines.reports(kafka.bootstrapServers()).stream().anyMatch(report -> tells(report, source));
    }

    private static boolean tells(RoundReport report, String source) {
        return report.source().equals(source)
                && report.round() > KeptRun.STOPPED_IN
                && report.participation() == Participation.FULL;
    }

    /** Makes what the other test takes; nothing that is there is ever replaced. */
    @ParameterizedTest
    @EnumSource(names = {"SPEC", "TRIM"})
    @EnabledIfSystemProperty(named = WRITE, matches = "true")
    void writeTheSavepointsOfThisVersion(Variant variant) throws Exception {
        Path kept = Path.of("src/test/resources/savepoints", VERSION, name(variant));
        assertThat(kept)
                .as("a savepoint is kept as it is; another version has another folder")
                .doesNotExist();
        Path snapshots = folder.resolve("stopped");
        Path savepoint = run(variant).stopped(snapshots);
        List<LedgerLine> ledger = LedgerReader.read(savepoint.toString());
        assertThat(ledger).allSatisfy(line -> assertThat(line.missingBytes()).isZero());

        Files.createDirectories(kept.getParent());
        FileUtils.copy(path(savepoint), path(kept), false);
        Files.writeString(kept.resolve(LEDGER), ledger.toString().replace("], ", "],\n") + "\n");
        Files.copy(Cluster.manifest(snapshots, 2), kept.resolve(FINGERPRINT));
    }

    private KeptRun run(Variant variant) throws Exception {
        KeptRun run = new KeptRun(kafka.bootstrapServers(), variant, folder.resolve("flink"));
        run.createTopics();
        return run;
    }

    private static Path resource(Variant variant) throws Exception {
        String name = "/savepoints/%s/%s".formatted(VERSION, name(variant));
        return Path.of(Objects.requireNonNull(KeptSavepointTest.class.getResource(name), name)
                .toURI());
    }

    private static String name(Variant variant) {
        return variant.name().toLowerCase(Locale.ROOT);
    }

    private static Path round(Path snapshots, long round) {
        return Objects.requireNonNull(Cluster.manifest(snapshots, round).getParent());
    }

    private static void assertThatTensorsAreClose(Path one, Path other) throws Exception {
        try (Stream<Path> walk = Files.walk(one)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                Path same = other.resolve(one.relativize(file).toString());
                if (file.toString().endsWith(".safetensors")) {
                    assertThatTensorsOfFilesAreClose(file, same);
                } else if (!file.endsWith("manifest.json")) {
                    assertThat(same).hasSameBinaryContentAs(file);
                }
            }
        }
    }

    private static void assertThatTensorsOfFilesAreClose(Path one, Path other) throws IOException {
        try (SafetensorsReader expected = SafetensorsReader.open(path(one));
                SafetensorsReader actual = SafetensorsReader.open(path(other))) {
            assertThat(actual.names()).isEqualTo(expected.names());
            for (String name : expected.names()) {
                assertThat(actual.read(name)).as(name).containsExactly(expected.read(name), TOLERANCE);
            }
        }
    }

    private static org.apache.flink.core.fs.Path path(Path path) {
        return new org.apache.flink.core.fs.Path(path.toUri());
    }
}
