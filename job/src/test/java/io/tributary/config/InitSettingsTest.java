package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tributary.flow.InitialValues;
import io.tributary.flow.SnapshotStore;
import io.tributary.flow.VocabularySettings;
import io.tributary.huggingface.Export;
import io.tributary.job.ConfiguredJob;
import io.tributary.model.ModelShape;
import io.tributary.pretrained.InitialModel;
import io.tributary.pretrained.InitialModel.Origin;
import io.tributary.record.ParameterGroup;
import io.tributary.record.SnapshotPart;
import io.tributary.record.Variant;
import io.tributary.snapshot.Dtype;
import io.tributary.snapshot.Snapshot;
import io.tributary.snapshot.SnapshotCommitter;
import io.tributary.snapshot.SnapshotFacts;
import io.tributary.snapshot.SnapshotFiles;
import io.tributary.vocabulary.SentencePieceModel;
import io.tributary.vocabulary.VocabularyTrainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitSettingsTest {
    private static final JobDefaults LOCAL =
            new JobDefaults(Optional.of("127.0.0.1:9092"), Optional.of("file:/cluster/snapshots"));

    private static final ModelShape SHAPE = new ModelShape(1, 16, 2, 8);
    private static final byte[] EN = model("the rivers of the valley run to the sea");
    private static final byte[] DE = model("die Fluesse des Tales fliessen zum Meer");

    private static final String SETTINGS =
            """
            model: {layers: 1, width: 16, heads: 2, sequenceLength: 8}
            vocabulary: {pieces: 500}
            training: {batchRows: 4, learningRate: {peak: 1e-3}}
            rounds: {localSteps: 10}
            """;

    @TempDir
    Path folder;

    @Test
    void withoutTheSectionEverythingIsDrawn() throws Exception {
        assertThat(parse("variant: spec\n").initial()).isSameAs(InitialValues.DRAWN);
    }

    @Test
    void aSnapshotsSourcesGoOnByNameWithTheirVocabularies() throws Exception {
        PipelineConfig pipeline = parse("variant: spec\nsources: [{name: de}, {name: fr}]\n" + init(spec(), ""));

        assertThat(pipeline.initial())
                .isEqualTo(new InitialModel(
                        uri("snapshots/round-000003"),
                        "",
                        Map.of("en", new Origin("en", true), "de", new Origin("de", true))));
        assertThat(pipeline.training().vocabulary().given()).containsOnlyKeys("de", "en");
        assertThat(pipeline.training().vocabulary().given().get("de")).isEqualTo(DE);
    }

    @Test
    void embeddingsMayBeginAnewForAllOrForOne() throws Exception {
        PipelineConfig none = parse("variant: spec\n" + init(spec(), ", embeddings: new"));
        assertThat(none.initial()).isEqualTo(new InitialModel(uri("snapshots/round-000003"), "", Map.of()));
        assertThat(none.training().vocabulary().given()).isEmpty();

        PipelineConfig one =
                parse("variant: spec\nsources: [{name: en, embeddings: new}, {name: de, embeddings: positions}]\n"
                        + init(uri("snapshots/round-000003"), ""));
        assertThat(one.initial())
                .isEqualTo(new InitialModel(uri("snapshots/round-000003"), "", Map.of("de", new Origin("de", false))));
        assertThat(one.training().vocabulary().given()).isEmpty();
    }

    @Test
    void oneSourceOfASnapshotMayBeTheBeginningOfAll() throws Exception {
        String init = init(spec(), ", source: en");
        PipelineConfig listed = parse("variant: spec\nsources: [{name: x}, {name: y}]\n" + init);
        assertThat(((InitialModel) listed.initial()).embeddings())
                .isEqualTo(Map.of("x", new Origin("en", true), "y", new Origin("en", true)));
        assertThat(listed.training().vocabulary().given()).containsOnlyKeys("x", "y");

        VocabularySettings shared = parse("variant: glob\n" + init).training().vocabulary();
        assertThat(shared.global()).contains(EN);
    }

    @Test
    void aHuggingFaceFolderIsTheBeginningOfAllListedSources() throws Exception {
        new Export(Dtype.F32, 1 << 20).run(Snapshot.open(flink(local(spec()))), "de", flink(folder.resolve("hub")));

        PipelineConfig pipeline = parse("variant: spec\nsources: [{name: x}]\n" + init(uri("hub"), ""));
        assertThat(pipeline.initial()).isEqualTo(new InitialModel(uri("hub"), "", Map.of("x", new Origin("", true))));
        assertThat(pipeline.training().vocabulary().given().get("x")).isEqualTo(DE);
        assertThat(problems("variant: spec\n" + init(uri("hub"), "")))
                .containsExactly("init.embeddings: list the sources that begin with those embeddings, or say new");
        assertThat(problems("variant: glob\n" + init(uri("hub"), ", source: de")))
                .containsExactly("init.source: a Hugging Face folder is one model, and not of a source: leave it out");
        assertThat(parse("variant: trim\n" + init(uri("hub"), ""))
                        .training()
                        .vocabulary()
                        .global())
                .contains(DE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            layers: 1         | layers: 2               | init.from: the model there has layers 1, and model.layers is 2
            heads: 2          | heads: 4                | init.from: the model there has heads 2, and model.heads is 4
            heads: 2          | positions: alibi, heads: 2 | init.from: the model there has positions learned, and model.positions is alibi
            sequenceLength: 8 | sequenceLength: 9       | init.from: it has embeddings of 8 positions for 'de', and the sequence length is 9: choose at most 8, or say embeddings: new
            variant: spec     | variant: glob           | init.source: is missing: the sources of that snapshot have embeddings of their own, and under glob all share some, so name one of [de, en], or say embeddings: new
            from:             | source: fr, from:       | init.source: 'fr' is not one of [de, en] there
            from:             | embeddings: kept, from: | init.embeddings: 'kept' is not one of keep, positions, new, did you mean keep?
            from:             | form: x, from:          | init.form: there is no such setting, did you mean from?, known here: from, embeddings, source
            """)
    void whatDoesNotFitIsSaid(String from, String to, String problem) throws Exception {
        String yaml = SETTINGS + "variant: spec\n" + init(spec(), "");
        assertThat(yaml).contains(from);

        assertThat(problemsOf(yaml.replace(from, to))).contains(problem);
    }

    @Test
    void anotherVocabularyThanTheOneOfTheEmbeddingsIsRefused() throws Exception {
        Files.write(folder.resolve("de.model"), DE);
        Files.write(folder.resolve("en.model"), EN);
        String init = init(spec(), "");
        parse("variant: spec\nsources: [{name: de, vocabulary: de.model}]\n" + init);

        assertThat(problems("variant: spec\nsources: [{name: de, vocabulary: en.model}]\n" + init))
                .singleElement()
                .asString()
                .startsWith("init.embeddings: those of the model are written in another vocabulary")
                .contains("for 'de'");
    }

    @Test
    void anotherNumberOfPiecesThanThatOfTheEmbeddingsIsRefused() throws Exception {
        int pieces = SentencePieceModel.read(DE).pieces().size();
        assertThat(problems("variant: spec\nsources: [{name: de, pieces: 4000}]\n" + init(spec(), "")))
                .containsExactly(
                        "sources[0].pieces: 4,000 is not the %d of the vocabulary that it begins with: leave it out, or say embeddings: new"
                                .formatted(pieces));
        assertThat(problems("variant: spec\nsources: [{name: de, pieces: 4000}]\n" + init(spec(), ", embeddings: new")))
                .isEmpty();
    }

    @Test
    void settingsWithoutAMeaningAreRefused() throws Exception {
        assertThat(problems("variant: spec\nsources: [{name: de, embeddings: new}]\n"))
                .containsExactly("sources[0].embeddings: 'new' has no effect: there is no init.from to begin with");
        assertThat(problems("variant: glob\nsources: [{name: de, embeddings: new}]\n" + init(spec(), ", source: de")))
                .containsExactly(
                        "sources[0].embeddings: 'new' has no effect: all sources share theirs, see init.embeddings");
        assertThat(problems("variant: spec\ninit: {from: models/one}\n"))
                .first()
                .asString()
                .startsWith("init.from: 'models/one' is neither a URI nor a path from the root");
        assertThat(problems("variant: spec\ninit: {}\n")).containsExactly("init.from: is missing");
        assertThat(problems("variant: spec\n" + init(uri("nowhere"), "")))
                .singleElement()
                .asString()
                .startsWith("init.from: " + uri("nowhere").replaceFirst("/$", ""))
                .contains("name the folder of one snapshot");
    }

    @Test
    void bodiesOfTheirOwnNeedANameUnlessTheyGoOnAlone() throws Exception {
        String init = init(write(Variant.SINGLE), "");

        assertThat(((InitialModel) parse("variant: single\n" + init).initial()).embeddings())
                .containsOnlyKeys("de", "en");
        assertThat(problems("variant: spec\n" + init))
                .containsExactly(
                        "init.source: is missing: the sources of that snapshot have a model each, so name one of [de, en] to begin with");
    }

    @Test
    void aDamagedSnapshotIsFoundBeforeTheJobIsHandedOver() throws Exception {
        String init = init(spec(), "");
        Path body = folder.resolve("snapshots/round-000003/body.safetensors");
        byte[] bytes = Files.readAllBytes(body);
        bytes[bytes.length - 1] ^= 1;
        Files.write(body, bytes);
        JobSettings settings = SettingsFile.parseJob(SETTINGS + "variant: spec\n" + init, folder, LOCAL);

        SettingsException refused =
                catchThrowableOfType(SettingsException.class, () -> ConfiguredJob.verifyInitialModel(settings));

        assertThat(refused.problems())
                .singleElement()
                .asString()
                .startsWith("init.from: ")
                .contains("body.safetensors has the checksum");
    }

    @Test
    void aPlanTakesTheSectionAndLooksAtNoFolder() throws Exception {
        String plan = SETTINGS.replace("localSteps: 10", "localSteps: 10, count: 3")
                + """
                variant: spec
                sources: [{name: en, embeddings: new}]
                init: {from: /nowhere, embeddings: positions}
                cluster: {subtasks: 2, tokensPerSecond: 1000, networkBandwidth: 1Gbit/s}
                """;

        assertThat(SettingsFile.parse(plan).sources()).hasSize(1);
    }

    private String spec() throws IOException {
        return write(Variant.SPEC);
    }

    /** A snapshot of the sources {@code en} and {@code de}; returns where it is. */
    private String write(Variant variant) throws IOException {
        var root = flink(folder.resolve("snapshots"));
        SnapshotFiles store = new SnapshotFiles(root);
        List<SnapshotPart.File> files = new ArrayList<>();
        if (variant == Variant.SPEC) {
            files.addAll(
                    store.writeParameters(3, SHAPE, SnapshotStore.EVERYONE, zeros(Set.of(ParameterGroup.BODY), EN)));
        }
        for (Map.Entry<String, byte[]> source : Map.of("en", EN, "de", DE).entrySet()) {
            Set<ParameterGroup> own = variant == Variant.SPEC
                    ? Set.of(ParameterGroup.TOKENS, ParameterGroup.POSITIONS)
                    : Set.of(ParameterGroup.values());
            files.addAll(store.writeParameters(3, SHAPE, source.getKey(), zeros(own, source.getValue())));
            files.addAll(store.writeVocabulary(3, source.getKey(), source.getValue(), new int[0]));
        }
        Map<String, Object> model = new TreeMap<>(Map.of(
                "architecture", "gpt2",
                "positions", "learned",
                "layers", SHAPE.layers(),
                "width", SHAPE.width(),
                "heads", SHAPE.heads(),
                "sequenceLength", SHAPE.sequenceLength()));
        new SnapshotCommitter(root, new SnapshotFacts(model, variant.name(), 7, "fp32"))
                .commit(3, List.of(new SnapshotPart(3, 0, 127, files)));
        return uri("snapshots/round-000003");
    }

    private static Map<ParameterGroup, SnapshotStore.Values> zeros(Set<ParameterGroup> groups, byte[] vocabulary) {
        Map<ParameterGroup, SnapshotStore.Values> zeros = new EnumMap<>(ParameterGroup.class);
        int pieces = SentencePieceModel.read(vocabulary).pieces().size();
        for (ParameterGroup group : groups) {
            long size =
                    switch (group) {
                        case BODY -> SHAPE.bodyParameters();
                        case TOKENS -> SHAPE.tokenParameters(pieces);
                        case POSITIONS -> SHAPE.positionParameters();
                    };
            zeros.put(group, new SnapshotStore.Values() {
                @Override
                public long size() {
                    return size;
                }

                @Override
                public void copy(long from, float[] out) {}
            });
        }
        return zeros;
    }

    private static byte[] model(String text) {
        VocabularyTrainer trainer = new VocabularyTrainer(290);
        trainer.add(text);
        return trainer.train();
    }

    private String uri(String name) {
        return "file:" + folder.resolve(name);
    }

    private static Path local(String uri) {
        return Path.of(uri.substring("file:".length()));
    }

    private static org.apache.flink.core.fs.Path flink(Path path) {
        return org.apache.flink.core.fs.Path.fromLocalFile(path.toFile());
    }

    private static String init(String from, String more) {
        return "init: {from: '%s'%s}\n".formatted(from, more);
    }

    private PipelineConfig parse(String yaml) throws SettingsException {
        return SettingsFile.parseJob(SETTINGS + yaml, folder, LOCAL).pipeline();
    }

    private List<String> problems(String yaml) {
        return problemsOf(SETTINGS + yaml);
    }

    private List<String> problemsOf(String yaml) {
        SettingsException refused =
                catchThrowableOfType(SettingsException.class, () -> SettingsFile.parseJob(yaml, folder, LOCAL));
        return refused == null ? List.of() : refused.problems();
    }
}
