package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tributary.merge.InnerState;
import io.tributary.merge.OuterOptimizer;
import io.tributary.model.Architecture;
import io.tributary.model.Positions;
import io.tributary.model.Precision;
import io.tributary.record.Variant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsFileTest {
    /** Every key that is needed, and no other. */
    private static final String SMALL =
            """
            model: {layers: 2, width: 64, heads: 4, sequenceLength: 32}
            variant: spec
            vocabulary: {pieces: 500}
            sources:
              - name: en
              - {name: de, pieces: 300, heldPieces: 400}
            training:
              batchRows: 4
              learningRate: {peak: 1e-3}
            rounds: {localSteps: 10, count: 5}
            cluster: {subtasks: 2, tokensPerSecond: 1000, networkBandwidth: 1Gbit/s}
            """;

    @TempDir
    Path folder;

    @Test
    void whatIsLeftOutHasItsDefault() throws Exception {
        PipelineSettings settings = SettingsFile.parse(SMALL);
        assertThat(settings.shape().architecture()).isEqualTo(new Architecture.Gpt2(Positions.LEARNED));
        assertThat(settings.precision()).isEqualTo(Precision.FP32);
        assertThat(settings.sources())
                .containsExactly(
                        new SourceSettings("en", 500, 500, 32, OptionalLong.empty()),
                        new SourceSettings("de", 300, 400, 32, OptionalLong.empty()));
        assertThat(settings.merging().outer()).isEqualTo(new OuterOptimizer.Averaging());
        assertThat(settings.merging().innerState()).isEqualTo(new InnerState.Keep());
        assertThat(settings.rounds().timeoutMs()).isEqualTo(600_000);
        assertThat(settings.rounds().maxRounds()).isEqualTo(5);
        assertThat(settings.rounds().sampling().listed()).extracting("name").containsExactlyInAnyOrder("en", "de");
        assertThat(settings.cluster().bandwidthBytesPerSecond()).isEqualTo(125_000_000);
        assertThat(settings.cluster().deviceMemoryBytes()).isEmpty();
    }

    @Test
    void llamaHasSettingsOfItsOwn() throws Exception {
        assertThat(SettingsFile.parse(SMALL.replace("heads: 4,", "heads: 4, architecture: llama,"))
                        .shape()
                        .architecture())
                .isEqualTo(new Architecture.Llama(4, 170, 10_000, false));
        assertThat(SettingsFile.parse(
                                SMALL.replace(
                                        "heads: 4,",
                                        "heads: 4, architecture: llama, keyValueHeads: 2, feedForward: 96, ropeTheta: 500000, queryKeyNorm: true,"))
                        .shape()
                        .architecture())
                .isEqualTo(new Architecture.Llama(2, 96, 500_000, true));
        assertThatThrownBy(() -> SettingsFile.parse(
                        SMALL.replace("heads: 4,", "heads: 4, architecture: llama, positions: alibi,")))
                .hasMessageContaining("llama has rotary positions");
        assertThatThrownBy(() -> SettingsFile.parse(SMALL.replace("heads: 4,", "heads: 4, keyValueHeads: 2,")))
                .hasMessageContaining("model.keyValueHeads: 2 has no effect");
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertThat(problems(SMALL.replace("layers: 2", "layers: 0")
                        .replace("batchRows: 4", "batchRows: four")
                        .replace("name: en", "name: 7")
                        .replace("variant: spec", "variant: sepc")))
                .containsExactly(
                        "model.layers: 0 is not between 1 and 512",
                        "variant: 'sepc' is not one of spec, trim, glob, std, single, act, did you mean spec?",
                        "sources[0].name: 7 is not text: put it between quotes",
                        "training.batchRows: 'four' is not a whole number");
    }

    @Test
    void anUnknownKeyIsRefusedWithTheOneThatWasMeant() {
        assertThat(problems(SMALL.replace("width: 64", "widht: 64")))
                .containsExactly(
                        "model.width: is missing",
                        "model.widht: there is no such setting, did you mean width?, known here: "
                                + "architecture, layers, width, heads, sequenceLength, keyValueHeads, feedForward, ropeTheta, queryKeyNorm, positions, precision");
    }

    @Test
    void anUnknownKeyThatIsLikeNoOtherIsRefusedWithThoseThatThereAre() {
        assertThat(problems(SMALL.replace("pieces: 500}", "pieces: 500, kafka: 1}")))
                .containsExactly(
                        "vocabulary.kafka: there is no such setting, known here: file, pieces, bootstrap, bootstrapTimeout");
    }

    @Test
    void aMissingSectionIsMissingKeyByKey() {
        assertThat(problems(SMALL.replaceAll("rounds: .*\n", "")))
                .containsExactly("rounds.localSteps: is missing", "rounds.count: is missing");
    }

    @Test
    void aKeyWithNothingBehindItIsMissing() {
        assertThat(problems(SMALL.replace("variant: spec", "variant:"))).containsExactly("variant: is missing");
    }

    @Test
    void aSectionOfTheWrongTypeIsNamedOnce() {
        assertThat(problems(SMALL.replace("{pieces: 500}", "500")))
                .containsExactly("vocabulary: 500 is not a mapping of keys to values");
    }

    @Test
    void sourcesAreAList() {
        String noList = SMALL.replaceAll("(?s)sources:.*training:", "sources: en\ntraining:");
        assertThat(problems(noList)).containsExactly("sources: 'en' is not a list of at least one entry");
    }

    @Test
    void aFractionIsNoWholeNumber() {
        assertThat(problems(SMALL.replace("layers: 2", "layers: 2.5")))
                .containsExactly("model.layers: 2.5 is not a whole number");
    }

    @Test
    void aNumberOutsideOfItsLimitsIsRefusedWithThem() {
        assertThat(problems(SMALL.replace("peak: 1e-3", "peak: 0")))
                .containsExactly("training.learningRate.peak: 0 is not above 0");
        assertThat(problems(SMALL.replace("count: 5", "count: 5, participation: 1.5")))
                .containsExactly("rounds.participation: 1.5 is not in (0, 1]");
        assertThat(problems(SMALL.replace("subtasks: 2", "subtasks: 99999999999999999999")))
                .containsExactly("cluster.subtasks: 99999999999999999999 is not between 1 and 128");
    }

    @Test
    void aSizeNeedsAUnit() {
        assertThat(problems(SMALL.replace("subtasks: 2", "subtasks: 2, heapMemory: 4")))
                .containsExactly("cluster.heapMemory: 4 is not a size such as 512MiB or 2GB");
    }

    @Test
    void aDurationIsNoSize() {
        assertThat(problems(SMALL.replace("count: 5", "count: 5, timeout: 5MB")))
                .containsExactly("rounds.timeout: '5MB' is not a duration such as 90s or 10m");
    }

    @Test
    void whatAConstructorRefusesIsAProblemOfItsSection() {
        assertThat(problems(SMALL.replace("heads: 4", "heads: 5")))
                .containsExactly(
                        "model: 5 heads do not divide a width of 64; choose a width that is a multiple of the heads");
    }

    @Test
    void aSourceHoldsNoMorePiecesThanThereAre() {
        assertThat(problems(SMALL.replace("heldPieces: 400", "heldPieces: 501")))
                .containsExactly("sources[1].heldPieces: 501 is not between 1 and 500");
    }

    @Test
    void aSourceIsListedOnce() {
        assertThat(problems(SMALL.replace("name: de", "name: en")))
                .containsExactly("sources[1].name: 'en' is listed twice");
    }

    @Test
    void sharedPositionsHaveOneLength() {
        String own = SMALL.replace("pieces: 300", "sequenceLength: 16");
        assertThat(problems(own.replace("variant: spec", "variant: glob")))
                .containsExactly("sources[1].sequenceLength: 16 is not the 32 of model.sequenceLength, "
                        + "but under glob sources share learned positions or a model");
        assertThat(problems(own)).isEmpty();
    }

    @Test
    void aNumberThatTheOptimizerDoesNotHaveIsRefused() {
        assertThat(problems(SMALL + "outer: {optimizer: nesterov, tau: 0.1}\n"))
                .containsExactly("outer.tau: 0.1 has no effect: outer.optimizer is nesterov");
    }

    @Test
    void aPeriodWithoutSyncIsRefused() {
        assertThat(problems(SMALL.replace("batchRows: 4", "batchRows: 4\n  firstMomentEvery: 2")))
                .containsExactly("training.firstMomentEvery: 2 has no effect: innerState is not sync");
    }

    @Test
    void aMixtureNeedsSizesUnlessItIsUniform() {
        String std = SMALL.replace("variant: spec", "variant: std");
        assertThat(problems(std))
                .containsExactly(
                        "sources[0].size: is missing: with mixture.temperature 1.0 a share goes with the size",
                        "sources[1].size: is missing: with mixture.temperature 1.0 a share goes with the size");
        assertThat(problems(std + "mixture: {temperature: 0}\n")).isEmpty();
    }

    @Test
    void aMixtureKeepsItsMoments() {
        String std = SMALL.replace("variant: spec", "variant: std") + "mixture: {temperature: 0}\n";
        assertThat(problems(std.replace("batchRows: 4", "batchRows: 4\n  innerState: reset")))
                .containsExactly(
                        "training.innerState: reset is not keep, but the one model of std has no border of rounds");
    }

    @Test
    void forgettingIsAVariantOfAnother() throws Exception {
        String act = SMALL.replace("variant: spec", "variant: act");
        assertThat(problems(act)).containsExactly("act.of: is missing", "act.everyRounds: is missing");
        PipelineSettings settings = SettingsFile.parse(act + "act: {of: glob, everyRounds: 3}\n");
        assertThat(settings.merging().variant()).isEqualTo(Variant.GLOB);
        assertThat(settings.merging().resetRounds()).isEqualTo(3);
    }

    @Test
    void optimizersAndMomentsAreRead() throws Exception {
        PipelineSettings settings = SettingsFile.parse(
                SMALL.replace("batchRows: 4", "batchRows: 4\n  innerState: sync\n  firstMomentEvery: 2")
                        + "outer: {optimizer: fedadam, eta: 0.2, beta1: 0.8, weights: equal}\n");
        assertThat(settings.merging().innerState()).isEqualTo(new InnerState.Sync(2, 6));
        assertThat(settings.merging().outer()).isEqualTo(new OuterOptimizer.FedAdam(0.2, 0.8, 0.99, 1e-3));
    }

    @Test
    void aSyntaxErrorHasLineAndColumn() {
        assertThat(problems("model:\n  layers: [1, 2\nvariant: spec\n"))
                .singleElement()
                .asString()
                .startsWith("line 3, column 8: not YAML: expected ',' or ']'");
        assertThat(problems("model:\n\tlayers: 1\n"))
                .singleElement()
                .asString()
                .startsWith("line 2, column 1: not YAML: found character '\\t(TAB)'");
    }

    @Test
    void aKeyThatIsThereTwiceIsASyntaxError() {
        assertThat(problems(SMALL + "variant: glob\n"))
                .singleElement()
                .asString()
                .startsWith("line ")
                .contains("Duplicate")
                .contains("variant");
    }

    @Test
    void aFileIsAMapping() {
        for (String text : List.of("", "just text", "- 1", "# nothing but a comment\n")) {
            assertThat(problems(text)).singleElement().asString().startsWith("the file is not a mapping");
        }
    }

    @Test
    void aFileThatIsNotThereOrNoTextIsNamed() throws Exception {
        Path none = folder.resolve("none.yaml");
        assertThat(problems(none)).singleElement().asString().contains("cannot be read", "NoSuchFile", "none.yaml");
        Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xe4});
        assertThat(problems(latin)).containsExactly("the file is not UTF-8");
    }

    private List<String> problems(String yaml) {
        try {
            Path file = Files.writeString(folder.resolve("settings.yaml"), yaml);
            return problems(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> problems(Path file) {
        SettingsException refused = catchThrowableOfType(SettingsException.class, () -> SettingsFile.read(file));
        return refused == null ? List.of() : refused.problems();
    }
}
