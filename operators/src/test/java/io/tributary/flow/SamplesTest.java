package io.tributary.flow;

import static io.tributary.flow.TrainFixture.A;
import static io.tributary.flow.TrainFixture.LOCAL_STEPS;
import static io.tributary.flow.TrainFixture.PIECES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.merge.Merging;
import io.tributary.model.SamplingRules;
import io.tributary.model.SourceModel;
import io.tributary.record.Sample;
import io.tributary.record.SourceId;
import io.tributary.record.Variant;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Samples are taken beside training, which must not feel them. */
class SamplesTest {
    private static final int TOKENS = 20;
    private static final SampleSettings SAMPLES = new SampleSettings(
            2,
            TOKENS,
            new SamplingRules(1, 0, 1),
            Map.of("a", List.of("one", "two"), "b", List.of(""), "c", List.of("x")));

    @ParameterizedTest
    @EnumSource(Variant.class)
    void trainingIsTheSameToTheBitWithAndWithoutSamples(Variant variant) throws IOException {
        try (TrainFixture with = new TrainFixture(settings(variant, SAMPLES));
                TrainFixture without = new TrainFixture(settings(variant, SampleSettings.NONE))) {
            run(with, variant);
            run(without, variant);
            assertThat(with.out.samples).isNotEmpty();
            assertThat(without.out.samples).isEmpty();
            assertThat(with.out.updateBytes()).isEqualTo(without.out.updateBytes());
            assertThat(models(with)).isEqualTo(models(without));
        }
    }

    @Test
    void eachPromptIsWrittenOnEveryFewRoundsAfterTheReportAndBeforeAnyTraining() {
        try (TrainFixture train = new TrainFixture(settings(Variant.SPEC, SAMPLES))) {
            run(train, Variant.SPEC);
            assertThat(train.out.samples)
                    .extracting(sample -> sample.round() + " " + sample.source() + " " + sample.prompt())
                    .containsExactly("1 a one", "1 a two", "1 b ", "3 a one", "3 a two", "3 b ");
            assertThat(train.out.samples).allSatisfy(sample -> {
                assertThat(sample.tokens()).isEqualTo(sample.ended() ? sample.tokens() : TOKENS);
                assertThat(sample.text().isEmpty()).isEqualTo(sample.tokens() == 0);
            });
            List<String> events = train.out.events;
            assertThat(events.indexOf("sample 1"))
                    .isGreaterThan(events.indexOf("report 1"))
                    .isLessThan(events.indexOf("announce 2"));
            assertThat(events.lastIndexOf("sample 1")).isLessThan(events.indexOf("announce 2"));
        }
    }

    @Test
    void equalRunsWriteEqualSamplesAndRoundsAndPromptsDifferentOnes() {
        try (TrainFixture one = new TrainFixture(settings(Variant.SPEC, SAMPLES));
                TrainFixture other = new TrainFixture(settings(Variant.SPEC, SAMPLES))) {
            run(one, Variant.SPEC);
            run(other, Variant.SPEC);
            assertThat(one.out.samples).isEqualTo(other.out.samples);
            assertThat(one.out.samples.stream().map(Sample::text)).doesNotHaveDuplicates();
        }
    }

    /** The mailbox is looked at between any two of them. */
    @Test
    void oneTokenIsWrittenAtATime() {
        try (TrainFixture train = new TrainFixture(settings(Variant.SPEC, SAMPLES))) {
            train.vocabulary(A);
            train.batches(A, 0, 2 * LOCAL_STEPS);
            train.round(0);
            train.round(1);
            train.body(2, 2);
            int turns = 0;
            while (train.out.samples.size() < 2) {
                train.trainer.work(2);
                turns++;
            }
            int tokens = train.out.samples.stream()
                    .mapToInt(sample -> sample.tokens() + (sample.ended() ? 1 : 0))
                    .sum();
            assertThat(turns).isEqualTo(1 + tokens);
        }
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> new SampleSettings(0, 1, SAMPLES.rules(), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not 1 and 0");
        assertThat(SAMPLES.due("a", 0)).isEmpty();
        assertThat(SAMPLES.due("a", 3)).isEmpty();
        assertThat(SAMPLES.due("a", 4)).containsExactly("one", "two");
        assertThat(SAMPLES.due("nobody", 4)).isEmpty();
    }

    /** All parameters, moments and counts. */
    private static byte[] models(TrainFixture train) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (SourceModel model : train.trainer.models().values()) {
            model.write(bytes);
        }
        return bytes.toByteArray();
    }

    /** Four rounds of two sources, and the beginning of a fifth. */
    private static void run(TrainFixture train, Variant variant) {
        SourceId second = TrainFixture.second(variant);
        for (SourceId source : List.of(A, second)) {
            train.vocabulary(source, held(variant));
            train.batches(source, 0, 4 * LOCAL_STEPS);
        }
        for (long round = 0; round <= 4; round++) {
            train.round(round);
        }
    }

    private static int[] held(Variant variant) {
        return variant.byRows() ? IntStream.range(0, PIECES).toArray() : new int[0];
    }

    private static TrainingSettings settings(Variant variant, SampleSettings samples) {
        TrainingSettings s = TrainFixture.settings(Merging.averaging(variant, 200));
        return new TrainingSettings(
                s.seed(),
                s.shape(),
                s.precision(),
                s.adamW(),
                s.learningRate(),
                s.batchRows(),
                s.microBatchRows(),
                s.rounds(),
                s.merging(),
                s.vocabulary(),
                s.holdOut(),
                s.snapshotEvery(),
                s.queueLimitBytes(),
                s.sources(),
                s.sequenceLengths(),
                samples);
    }
}
