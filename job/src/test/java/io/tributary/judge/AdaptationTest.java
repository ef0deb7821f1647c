package io.tributary.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.judge.Adaptation.Progress;
import io.tributary.model.LanguageModel;
import io.tributary.snapshot.Snapshot;
import io.tributary.snapshot.SourceCounts;
import io.tributary.vocabulary.SourceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init")
class AdaptationTest {
    /** A text whose words follow from each other. */
    private static final int DOCUMENTS = 3000;

    @TempDir
    private static Path folder;

    private static Path corpus;

    @BeforeAll
    static void write() throws IOException {
        SmallSnapshot.write(folder.resolve("base").toFile());
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS; i++) {
            documents.add("un deux trois quatre cinq six sept huit " + i);
        }
        corpus = Files.writeString(folder.resolve("fr.txt"), String.join("\n\n", documents));
    }

    @Test
    void aFrozenBodyAndAllOtherSourcesStayAsTheyAreToTheByte() throws IOException {
        List<Progress> progress = new ArrayList<>();
        Path adapted = adapt("frozen", plan(Optional.empty(), false), progress);

        Map<String, String> before = files(latest("base"));
        Map<String, String> after = files(adapted);
        assertThat(after).containsAllEntriesOf(before);
        assertThat(after.keySet())
                .containsAll(before.keySet())
                .contains("sources/fr/counts.json", "sources/fr/embeddings.safetensors", "sources/fr/tokenizer.model")
                .hasSize(before.size() + 3);
        Snapshot snapshot = open("frozen");
        snapshot.verifyChecksums();
        assertThat(snapshot.round()).isEqualTo(SmallSnapshot.ROUND);
        assertThat(snapshot.sources()).containsExactly("de", "en", "fr");
        SourceCounts counts = snapshot.counts("fr").orElseThrow();
        assertThat(counts.tokens()).isEqualTo(60L * 4 * SmallSnapshot.SHAPE.sequenceLength());
        assertThat(counts.bytes()).isGreaterThanOrEqualTo(counts.tokens());
        assertThat(progress).extracting(Progress::step).startsWith(0, 3, 6).endsWith(57, 60);
        assertThat(bitsPerByte(snapshot, "fr")).isLessThan(0.7 * progress.get(0).heldOutBitsPerByte());
        assertThat(progress.get(progress.size() - 1).heldOutBitsPerByte())
                .isLessThan(0.7 * progress.get(0).heldOutBitsPerByte());
    }

    @Test
    void aLiveBodyBecomesTheSourcesOwn() throws IOException {
        Path adapted = adapt("live", plan(Optional.empty(), true), new ArrayList<>());

        Map<String, String> before = files(latest("base"));
        Map<String, String> after = files(adapted);
        assertThat(after).containsAllEntriesOf(before);
        assertThat(after.get("sources/fr/body.safetensors")).isNotNull().isNotEqualTo(before.get("body.safetensors"));
        assertThat(bitsPerByte(open("live"), "en")).isEqualTo(bitsPerByte(open("base"), "en"));
    }

    @Test
    void learntEmbeddingsAreTakenWithTheirVocabulary() throws IOException {
        List<Progress> progress = new ArrayList<>();
        adapt("from", plan(Optional.of("en"), true), progress);

        Snapshot snapshot = open("from");
        assertThat(snapshot.tokenizer("fr")).isEqualTo(snapshot.tokenizer("en"));
        // Before the first step it is the model of en.
        assertThat(progress.get(0).heldOutBitsPerByte()).isNotNaN();
        assertThat(bitsPerByte(snapshot, "fr")).isLessThan(bitsPerByte(snapshot, "en"));
    }

    @Test
    void equalPlansMakeEqualSnapshots() throws IOException {
        Path one = adapt("one", plan(Optional.empty(), true), new ArrayList<>());
        Path other = adapt("other", plan(Optional.empty(), true), new ArrayList<>());
        assertThat(files(one)).isEqualTo(files(other));
    }

    /** Its body is its own, so whoever begins with it needs a copy even where it stays as it is. */
    @Test
    void whatWasAdaptedCanBeAdaptedAgain() throws IOException {
        adapt("first", plan(Optional.empty(), true), new ArrayList<>());
        AdaptationPlan again = new AdaptationPlan(
                "fr2", List.of(corpus), Optional.of("fr"), Optional.empty(), 300, false, 2, 4, 1e-3, 1);
        var root = org.apache.flink.core.fs.Path.fromLocalFile(
                folder.resolve("second").toFile());
        new Adaptation(open("first"), again, progress -> {}).run(root);

        Map<String, String> files = files(latest("second"));
        assertThat(files.get("sources/fr2/body.safetensors")).isEqualTo(files.get("sources/fr/body.safetensors"));
        assertThat(files.get("sources/fr2/embeddings.safetensors"))
                .isNotEqualTo(files.get("sources/fr/embeddings.safetensors"));
    }

    @Test
    void aNameThatIsTakenAndATextThatIsEmptyAreRefused() throws IOException {
        AdaptationPlan taken = new AdaptationPlan(
                "en", List.of(corpus), Optional.empty(), Optional.empty(), 300, false, 1, 4, 1e-3, 1);
        assertThatThrownBy(() -> adapt("taken", taken, new ArrayList<>()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has a source 'en' already");
        Path empty = Files.writeString(folder.resolve("empty.txt"), "\n\n");
        AdaptationPlan nothing =
                new AdaptationPlan("fr", List.of(empty), Optional.empty(), Optional.empty(), 300, false, 1, 4, 1e-3, 1);
        assertThatThrownBy(() -> adapt("nothing", nothing, new ArrayList<>()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("empty.txt has no text to train on");
        assertThat(folder.resolve("nothing")).doesNotExist();
    }

    private static AdaptationPlan plan(Optional<String> from, boolean bodyIsLive) {
        return new AdaptationPlan("fr", List.of(corpus), from, Optional.empty(), 300, bodyIsLive, 60, 4, 1e-2, 1);
    }

    private static Path adapt(String name, AdaptationPlan plan, List<Progress> progress) throws IOException {
        var root =
                org.apache.flink.core.fs.Path.fromLocalFile(folder.resolve(name).toFile());
        return Path.of(
                new Adaptation(open("base"), plan, progress::add).run(root).getPath());
    }

    private static Snapshot open(String name) throws IOException {
        return Snapshot.openOrLatest(
                org.apache.flink.core.fs.Path.fromLocalFile(folder.resolve(name).toFile()));
    }

    private static Path latest(String name) throws IOException {
        return Path.of(open(name).folder().getPath());
    }

    private static double bitsPerByte(Snapshot snapshot, String source) throws IOException {
        try (SourceTokenizer tokenizer = SourceModels.tokenizer(snapshot, source);
                LanguageModel model = SourceModels.model(snapshot, source)) {
            Evaluator evaluator = new Evaluator(model, tokenizer);
            Files.readString(corpus)
                    .lines()
                    .limit(50)
                    .filter(line -> !line.isBlank())
                    .forEach(evaluator::add);
            return evaluator.result().bitsPerByte();
        }
    }

    /** Names and contents of all files but the manifest. */
    private static Map<String, String> files(Path snapshot) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(snapshot)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                if (!file.endsWith("manifest.json")) {
                    files.put(
                            snapshot.relativize(file).toString(),
                            Base64.getEncoder().encodeToString(Files.readAllBytes(file)));
                }
            }
        }
        return files;
    }
}
