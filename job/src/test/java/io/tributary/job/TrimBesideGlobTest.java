package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.flow.TrainingSettings;
import io.tributary.flow.VocabularySettings;
import io.tributary.merge.Merging;
import io.tributary.model.Initializer;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import io.tributary.vocabulary.SentencePieceModel;
import io.tributary.vocabulary.Tokenizer;
import io.tributary.vocabulary.VocabularyTrainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where TRIM is GLOB, and where it must not be; on the oracle that {@link VariantsTest} holds against the job. */
class TrimBesideGlobTest {
    private static final List<String> SOURCES = List.of("one", "two");
    private static final int ROUNDS = 3;
    private static final byte[] MODEL = model();
    private static final int PIECES = SentencePieceModel.read(MODEL).pieces().size();

    @Test
    void withEveryRowHeldByEverySourceTrimIsGlobToTheBit() {
        int[] all = IntStream.range(0, PIECES).toArray();
        try (VariantOracle glob = glob();
                VariantOracle trim = trim(Map.of("one", all, "two", all))) {
            glob.train(ROUNDS);
            trim.train(ROUNDS);

            for (ParameterGroup group : ParameterGroup.values()) {
                assertThat(trim.shared(group)).as(group.toString()).containsExactly(glob.shared(group));
            }
        }
    }

    @Test
    void aRowThatNobodyHoldsStaysAsItIsWhileInGlobTheSoftmaxMovesIt() {
        int unused = unused(SOURCES);
        int[] allButOne = IntStream.range(0, PIECES).filter(id -> id != unused).toArray();
        try (VariantOracle glob = glob();
                VariantOracle trim = trim(Map.of("one", allButOne, "two", allButOne))) {
            glob.train(1);
            trim.train(1);

            assertThat(row(trim, unused)).containsExactly(initialRow(unused));
            assertThat(row(glob, unused)).isNotEqualTo(initialRow(unused));
        }
    }

    @Test
    void aRowThatOneSourceLacksIsTheMeanOfTheOthersAlone() {
        int unused = unused(List.of("one"));
        int[] all = IntStream.range(0, PIECES).toArray();
        int[] allButOne = IntStream.range(0, PIECES).filter(id -> id != unused).toArray();
        try (VariantOracle glob = glob();
                VariantOracle trim = trim(Map.of("one", allButOne, "two", all));
                VariantOracle alone = oracle(settings(Variant.TRIM), List.of(text("two", Optional.of(all))))) {
            glob.train(1);
            trim.train(1);
            alone.train(1);

            assertThat(row(trim, unused)).containsExactly(row(alone, unused)).isNotEqualTo(row(glob, unused));
        }
    }

    /** A piece that is no control or byte piece, and that no text of these sources has. */
    private static int unused(List<String> sources) {
        boolean[] used = new boolean[PIECES];
        try (Tokenizer tokenizer = Tokenizer.load(MODEL)) {
            for (String source : sources) {
                for (String document : documents(source)) {
                    Arrays.stream(tokenizer.encode(document)).forEach(id -> used[id] = true);
                }
            }
        }
        return IntStream.range(270, PIECES).filter(id -> !used[id]).findFirst().orElseThrow();
    }

    private static float[] row(VariantOracle oracle, int row) {
        int d = Pipelines.SHAPE.width();
        return Arrays.copyOfRange(oracle.shared(ParameterGroup.TOKENS), row * d, (row + 1) * d);
    }

    private static float[] initialRow(int row) {
        float[] values = new float[Pipelines.SHAPE.width()];
        Initializer.tokens("", settings(Variant.TRIM).seed(), (long) row * values.length, values);
        return values;
    }

    private static VariantOracle glob() {
        return oracle(
                settings(Variant.GLOB),
                SOURCES.stream().map(source -> text(source, Optional.empty())).toList());
    }

    private static VariantOracle trim(Map<String, int[]> held) {
        return oracle(
                settings(Variant.TRIM),
                SOURCES.stream()
                        .map(source -> text(source, Optional.ofNullable(held.get(source))))
                        .toList());
    }

    private static VariantOracle oracle(TrainingSettings settings, List<NaiveText> texts) {
        return new VariantOracle(settings, PIECES, texts);
    }

    private static NaiveText text(String source, Optional<int[]> held) {
        int length = Pipelines.SHAPE.sequenceLength();
        return held.map(ids -> NaiveText.holding(
                        source, MODEL, documents(source), Pipelines.HOLD_OUT, length, Pipelines.LOCAL_STEPS, ids))
                .orElseGet(() -> NaiveText.whole(
                        source, MODEL, documents(source), Pipelines.HOLD_OUT, length, Pipelines.LOCAL_STEPS));
    }

    private static TrainingSettings settings(Variant variant) {
        return Pipelines.training(
                SOURCES,
                Merging.averaging(variant, 1000),
                new RoundRules(Pipelines.LOCAL_STEPS, 120_000, ROUNDS),
                new VocabularySettings(PIECES, 1_000, 60_000, Map.of(), Optional.of(MODEL)));
    }

    private static List<String> documents(String source) {
        return Pipelines.documents(source, 60);
    }

    /** Of more text than the sources have, so that it has pieces that they do not use. */
    private static byte[] model() {
        VocabularyTrainer trainer = new VocabularyTrainer(420);
        List<String> sources = new ArrayList<>(SOURCES);
        sources.add("another");
        sources.forEach(source -> documents(source).forEach(trainer::add));
        return trainer.train();
    }
}
