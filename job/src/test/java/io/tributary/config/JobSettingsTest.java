package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tributary.flow.SampleSettings;
import io.tributary.flow.TrainingSettings;
import io.tributary.flow.VocabularySettings;
import io.tributary.kafka.CorpusSource;
import io.tributary.kafka.ValueFormat;
import io.tributary.model.SamplingRules;
import io.tributary.record.SourceId;
import io.tributary.record.SourceKeys;
import io.tributary.record.Variant;
import io.tributary.vocabulary.SentencePieceModel;
import io.tributary.vocabulary.VocabularyTrainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobSettingsTest {
    private static final JobDefaults LOCAL =
            new JobDefaults(Optional.of("127.0.0.1:9092"), Optional.of("file:/cluster/snapshots"));

    /** Every key that is needed where the cluster provides the rest, and no other. */
    private static final String SMALL =
            """
            model: {layers: 2, width: 64, heads: 4, sequenceLength: 32}
            variant: spec
            vocabulary: {pieces: 500}
            training: {batchRows: 4, learningRate: {peak: 1e-3}}
            rounds: {localSteps: 10}
            """;

    private static final String SOURCES = "sources: [{name: en, size: 3GB}, {name: de, size: 1GB}]\n";

    @TempDir
    Path folder;

    @Test
    void whatIsLeftOutHasItsDefault() throws Exception {
        JobSettings job = parse(SMALL);
        assertThat(job.name()).isEqualTo("tributary");
        assertThat(job.flink()).isEmpty();
        assertThat(job.subtasks()).isEmpty();
        assertThat(job.kafka()).isEqualTo(Map.of("bootstrap.servers", "127.0.0.1:9092"));
        PipelineConfig pipeline = job.pipeline();
        assertThat(pipeline.corpus())
                .isEqualTo(new CorpusSource(
                        "127.0.0.1:9092", "tributary", CorpusSource.Start.EARLIEST, Duration.ofSeconds(10), Map.of()));
        assertThat(pipeline.topicPrefix()).isEqualTo("corpus.");
        assertThat(pipeline.maxDocumentBytes()).isEqualTo(8 << 20);
        assertThat(pipeline.snapshots()).isEqualTo("file:/cluster/snapshots/tributary");
        TrainingSettings training = pipeline.training();
        assertThat(training.sources()).isEmpty();
        assertThat(training.rounds().maxRounds()).isEqualTo(Long.MAX_VALUE);
        assertThat(training.snapshotEvery()).isEqualTo(10);
        assertThat(training.holdOut().share()).isEqualTo(0.01);
        assertThat(training.vocabulary().bootstrapBytes()).isEqualTo(4_000_000);
        assertThat(training.samples()).isEqualTo(SampleSettings.NONE);
    }

    @Test
    void everySectionOfAJobIsRead() throws Exception {
        JobSettings job = parse(
                """
                name: news
                seed: 9
                sources: [{name: en}, {name: de, format: json, field: body, sequenceLength: 16}]
                holdOut: {share: 0.5, maxRows: 3}
                kafka:
                  bootstrapServers: a:1,b:2
                  groupId: readers
                  topicPrefix: news.
                  start: committed
                  discoveryInterval: 3s
                  maxDocument: 1MiB
                  maxDeadLetter: 2MiB
                  properties: {security.protocol: SSL, ssl: {endpoint.identification.algorithm: ''}}
                  consumer: {max.poll.records: 7}
                  producer: {enable.idempotence: false}
                snapshots: {folder: s3://bucket/run, everyRounds: 3}
                samples: {everyRounds: 2, tokens: 5, temperature: 0, topK: 9, topP: 0.5, prompts: {en: [The, ''], de: []}}
                flink: {execution.checkpointing: {interval: 5s}, parallelism.default: 2}
                cluster: {subtasks: 3, tokensPerSecond: 1000, networkBandwidth: 1Gbit/s}
                """
                        + SMALL);
        assertThat(job.name()).isEqualTo("news");
        assertThat(job.flink()).isEqualTo(Map.of("execution.checkpointing.interval", "5s", "parallelism.default", "2"));
        assertThat(job.subtasks()).hasValue(3);
        PipelineConfig pipeline = job.pipeline();
        assertThat(pipeline.corpus().groupId()).isEqualTo("readers");
        assertThat(pipeline.corpus().kafkaProperties())
                .containsOnly(
                        Map.entry("security.protocol", "SSL"),
                        Map.entry("ssl.endpoint.identification.algorithm", ""),
                        Map.entry("max.poll.records", "7"));
        assertThat(pipeline.reports().kafkaProperties())
                .containsEntry("enable.idempotence", "false")
                .containsEntry("security.protocol", "SSL")
                .doesNotContainKey("max.poll.records");
        assertThat(job.kafka()).containsEntry("bootstrap.servers", "a:1,b:2").containsEntry("security.protocol", "SSL");
        assertThat(pipeline.deadLetters().maxRecordBytes()).isEqualTo(2 << 20);
        assertThat(pipeline.formats()).isEqualTo(Map.of("en", ValueFormat.TEXT, "de", new ValueFormat.Json("body")));
        assertThat(pipeline.snapshots()).isEqualTo("s3://bucket/run");
        TrainingSettings training = pipeline.training();
        assertThat(training.seed()).isEqualTo(9);
        assertThat(training.sequenceLengths()).isEqualTo(Map.of("de", 16));
        assertThat(training.sources())
                .containsExactlyElementsOf(SourceKeys.of(List.of("en", "de")).values());
        assertThat(training.holdOut().maxRows()).isEqualTo(3);
        assertThat(training.samples())
                .isEqualTo(new SampleSettings(
                        2, 5, new SamplingRules(0, 9, 0.5), Map.of("en", List.of("The", ""), "de", List.of())));
    }

    @Test
    void thePlaceOfKafkaAndOfSnapshotsIsNeededWhereNoClusterProvidesIt() {
        assertThat(problems(SMALL, JobDefaults.none()))
                .containsExactly("kafka.bootstrapServers: is missing", "snapshots.folder: is missing");
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThat(problems(
                        SMALL
                                + """
                                name: one/two
                                sources: [{name: en, format: xml}, {name: de, field: body}, {name: fr, vocabulary: none.model}]
                                kafka: {start: now, consumer: 3, producer: {a: [1]}, maxDocument: 3GiB, topics: x}
                                snapshots: {folder: relative/folder, everyRounds: 0}
                                holdOut: {share: 1}
                                samples: {everyRounds: 0, tokens: 0, topP: 0, prompts: {en: The, de: [1]}, prompt: x}
                                flink: [1]
                                """,
                        LOCAL))
                .containsExactly(
                        "sources[0].format: 'xml' is not one of text, json",
                        "sources[1].field: 'body' has no effect: format is not json",
                        "name: 'one/two' has more than letters, digits, . _ - or does not begin with one of the first two",
                        "kafka.start: 'now' is not one of earliest, committed",
                        "kafka.maxDocument: 3,221,225,472 bytes are more than the 1,073,741,824 that one record may have",
                        "kafka.consumer: 3 is not a mapping of keys to values",
                        "kafka.producer.a: [1] is not a text, a number, true or false",
                        "kafka.topics: there is no such setting, known here: bootstrapServers, groupId, topicPrefix, start,"
                                + " discoveryInterval, maxDocument, maxDeadLetter, properties, consumer, producer",
                        "holdOut.share: 1 is not in [0, 1)",
                        "snapshots.folder: 'relative/folder' is neither a URI nor a path from the root, but subtasks on other machines write there",
                        "snapshots.everyRounds: 0 is not between 1 and 1,000,000,000",
                        "samples.everyRounds: 0 is not between 1 and 1,000,000,000",
                        "samples.tokens: 0 is not between 1 and 1,048,576",
                        "samples.topP: 0 is not in (0, 1]",
                        "samples.prompts.en: 'The' is not a list of texts",
                        "samples.prompts.de: 1 is not text: put it between quotes",
                        "samples.prompt: there is no such setting, did you mean prompts?, known here: everyRounds, tokens,"
                                + " temperature, topK, topP, prompts",
                        "flink: [1] is not a mapping of keys to values");
    }

    @Test
    void anUnknownSectionIsRefusedAsInAPlan() {
        assertThat(problems(SMALL + "kafak: {}\n", LOCAL))
                .singleElement()
                .asString()
                .startsWith("kafak: there is no such setting, did you mean kafka?");
    }

    @Test
    void aPlanTakesTheSectionsOfAJobAndFindsWhatIsWrongInThem() {
        String plan = SMALL.replace("localSteps: 10", "localSteps: 10, count: 3") + SOURCES
                + "cluster: {subtasks: 2, tokensPerSecond: 1000, networkBandwidth: 1Gbit/s}\n";
        SettingsException none = catchThrowableOfType(
                SettingsException.class, () -> SettingsFile.parse(plan + "kafka: {start: earliest}\nseed: 3\n"));
        assertThat(none).isNull();
        SettingsException wrong = catchThrowableOfType(
                SettingsException.class, () -> SettingsFile.parse(plan + "kafka: {start: soon}\n"));
        assertThat(wrong.problems()).containsExactly("kafka.start: 'soon' is not one of earliest, committed");
    }

    @Test
    void aMixtureTakesTurnsByTheSizesOfItsSources() throws Exception {
        String std = SMALL.replace("variant: spec", "variant: std");
        TrainingSettings training = parse(std + SOURCES).pipeline().training();
        assertThat(training.merging().variant()).isEqualTo(Variant.STD);
        assertThat(training.rounds().inTurns()).isTrue();
        assertThat(training.rounds().localSteps()).isEqualTo(10);
        SourceId en = training.sources().get(0);
        SourceId de = training.sources().get(1);
        assertThat(training.rounds().steps(en)).isGreaterThan(training.rounds().steps(de));
        assertThat(en.key()).isEqualTo(de.key());
        assertThat(problems(std, LOCAL)).containsExactly("sources: is missing");
        assertThat(problems(std.replace("localSteps: 10", "localSteps: 1") + SOURCES, LOCAL))
                .singleElement()
                .asString()
                .startsWith("rounds: A round of 1 steps is too short for 2 sources");
        assertThat(problems(std.replace("localSteps: 10", "localSteps: 10, participation: 0.5") + SOURCES, LOCAL))
                .containsExactly(
                        "rounds.participation: 0.5 is not 1, but under std all sources take part in every round in turns");
    }

    @Test
    void vocabulariesAreReadBesideTheFile() throws Exception {
        byte[] model = model(300);
        Files.write(Files.createDirectories(folder.resolve("words")).resolve("de.model"), model);
        int pieces = SentencePieceModel.read(model).pieces().size();
        TrainingSettings own = parse(SMALL + "sources: [{name: en}, {name: de, vocabulary: words/de.model}]\n")
                .pipeline()
                .training();
        assertThat(own.vocabulary().given()).containsOnlyKeys("de");
        assertThat(own.vocabulary().given().get("de")).isEqualTo(model);
        assertThat(own.vocabulary().maxPieces()).isEqualTo(500);

        String trim =
                SMALL.replace("variant: spec", "variant: trim").replace("{pieces: 500}", "{file: words/de.model}");
        TrainingSettings shared = parse(trim).pipeline().training();
        assertThat(shared.vocabulary().global()).contains(model);
        assertThat(shared.vocabulary().maxPieces()).isEqualTo(pieces);
        assertThat(problems(trim.replace("{file", "{pieces: 7, file"), LOCAL))
                .containsExactly("vocabulary.pieces: 7 is not the %d of vocabulary.file".formatted(pieces));
    }

    @Test
    void aVocabularyThatIsNotThereOrNoneIsNamedWithItsPath() throws Exception {
        Files.writeString(folder.resolve("text.model"), "not a model");
        assertThat(problems(
                        SMALL + "sources: [{name: en, vocabulary: none.model}, {name: de, vocabulary: text.model}]\n",
                        LOCAL))
                .hasSize(2)
                .satisfiesExactly(
                        none -> assertThat(none)
                                .startsWith("sources[0].vocabulary: the file cannot be read: ")
                                .contains(
                                        "NoSuchFile",
                                        folder.resolve("none.model").toString()),
                        text -> assertThat(text)
                                .startsWith(
                                        "sources[1].vocabulary: " + folder.resolve("text.model") + " is of no use: "));
    }

    @Test
    void aSourceMayHaveATrainedVocabularyOfAnotherSizeThanTheOthers() throws Exception {
        VocabularySettings vocabulary = parse(SMALL + "sources: [{name: en, pieces: 300}, {name: de}]\n")
                .pipeline()
                .training()
                .vocabulary();
        assertThat(vocabulary.maxPieces("en")).isEqualTo(300);
        assertThat(vocabulary.maxPieces("de")).isEqualTo(500);
        assertThat(vocabulary.maxPieces("unlisted")).isEqualTo(500);
        assertThat(problems(SMALL + "sources: [{name: en, pieces: 259}]\n", LOCAL))
                .containsExactly("sources[0].pieces: 259 is too few: a vocabulary that is trained has at least 260");
    }

    @Test
    void piecesAreThoseOfTheFileThatASourceNames() throws Exception {
        Files.write(folder.resolve("en.model"), model(300));
        assertThat(problems(SMALL + "sources: [{name: en, pieces: 1, vocabulary: en.model}]\n", LOCAL))
                .singleElement()
                .asString()
                .startsWith("sources[0].pieces: 1 is not the ")
                .endsWith(" of its vocabulary");
        // Of other variants it says nothing.
        String glob = SMALL.replace("variant: spec", "variant: glob");
        assertThat(problems(glob + "sources: [{name: en, pieces: 300}]\n", LOCAL))
                .isEmpty();
    }

    @Test
    void aVocabularyThatTheVariantDoesNotUseIsRefused() {
        assertThat(problems(SMALL.replace("{pieces: 500}", "{pieces: 500, file: none.model}"), LOCAL))
                .singleElement()
                .asString()
                .startsWith("vocabulary.file: ")
                .contains("has no effect: under spec each source has its own");
        assertThat(problems(
                        SMALL.replace("variant: spec", "variant: glob")
                                + "sources: [{name: en, vocabulary: none.model}]\n",
                        LOCAL))
                .singleElement()
                .asString()
                .startsWith("sources[0].vocabulary: ")
                .contains("has no effect: under glob all sources have one");
    }

    @Test
    void aFileIsReadWithItsFolder() throws Exception {
        Files.write(folder.resolve("en.model"), model(300));
        Path file =
                Files.writeString(folder.resolve("job.yaml"), SMALL + "sources: [{name: en, vocabulary: en.model}]\n");
        assertThat(SettingsFile.readJob(file, List.of(), LOCAL)
                        .pipeline()
                        .training()
                        .vocabulary()
                        .given())
                .containsOnlyKeys("en");
    }

    private static byte[] model(int pieces) {
        VocabularyTrainer trainer = new VocabularyTrainer(pieces);
        trainer.add("the rivers of the valley run to the sea, and the sea is not full");
        return trainer.train();
    }

    private JobSettings parse(String yaml) throws SettingsException {
        return SettingsFile.parseJob(yaml, folder, LOCAL);
    }

    private List<String> problems(String yaml, JobDefaults defaults) {
        SettingsException refused =
                catchThrowableOfType(SettingsException.class, () -> SettingsFile.parseJob(yaml, folder, defaults));
        return refused == null ? List.of() : refused.problems();
    }
}
