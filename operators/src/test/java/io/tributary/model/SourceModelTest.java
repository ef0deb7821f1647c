package io.tributary.model;

import static io.tributary.model.SmallModel.BODY;
import static io.tributary.model.SmallModel.GLOB;
import static io.tributary.model.SmallModel.NONE;
import static io.tributary.model.SmallModel.PIECES;
import static io.tributary.model.SmallModel.POSITIONS;
import static io.tributary.model.SmallModel.ROWS;
import static io.tributary.model.SmallModel.SHAPE;
import static io.tributary.model.SmallModel.SPEC;
import static io.tributary.model.SmallModel.TOKENS;
import static io.tributary.model.SmallModel.base;
import static io.tributary.model.SmallModel.delta;
import static io.tributary.model.SmallModel.source;
import static io.tributary.model.SmallModel.state;
import static io.tributary.model.SmallModel.tokens;
import static io.tributary.model.SmallModel.train;
import static io.tributary.model.SmallModel.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.TensorId;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a source shares and what it keeps. */
class SourceModelTest {
    private static final TensorId FIRST_OF_TOKENS = new TensorId(ParameterGroup.TOKENS, Quantity.FIRST_MOMENT);
    private static final TensorId SECOND_OF_TOKENS = new TensorId(ParameterGroup.TOKENS, Quantity.SECOND_MOMENT);
    private static final TensorId FIRST_OF_BODY = new TensorId(ParameterGroup.BODY, Quantity.FIRST_MOMENT);
    /** So many that their embeddings are moved in more than one piece. */
    private static final int MANY_PIECES = (1 << 18) / SHAPE.width() + 500;

    @Test
    void sourcesThatShareEverythingComputeTheSameFromTheSameBase() {
        try (StepEngine engine = SmallModel.open(GLOB);
                SharedParameters base = base(engine);
                SourceModel en = source(engine, "en");
                SourceModel de = source(engine, "de")) {
            en.begin(base);
            de.begin(base);
            assertThat(de.step(tokens(0), ROWS, 1e-3)).isEqualTo(en.step(tokens(0), ROWS, 1e-3));
            for (TensorId tensor : List.of(BODY, TOKENS, POSITIONS)) {
                assertThat(delta(en, base, tensor)).isEqualTo(delta(de, base, tensor));
                // AdamW's first update is the learning rate at most, and nearly so where the gradient is not tiny.
                assertThat(largest(delta(en, base, tensor))).isBetween(0.99e-3, 1.01e-3);
            }
        }
    }

    @Test
    void theBaseStaysAsItIsAndTheNextRoundBeginsFromIt() {
        try (StepEngine engine = SmallModel.open(GLOB);
                SharedParameters base = base(engine);
                SourceModel en = source(engine, "en")) {
            float[] before = values(base, TOKENS);
            en.begin(base);
            train(en, 2);
            en.end();
            assertThat(values(base, TOKENS)).isEqualTo(before);

            en.begin(base);
            assertThat(delta(en, base, TOKENS)).containsOnly(0);
            assertThat(delta(en, base, FIRST_OF_TOKENS)).isNotEqualTo(new float[PIECES * SHAPE.width()]);
        }
    }

    @Test
    void privateGroupsBeginAtTheirInitialValuesAndOutliveRounds() {
        try (StepEngine engine = SmallModel.open(NONE);
                SharedParameters nothing = engine.newShared(0, Map.of());
                SourceModel en = source(engine, "en")) {
            float[] body = new float[(int) SHAPE.bodyParameters()];
            Initializer.body(SHAPE, 1, 0, body);
            assertThat(values(en, ParameterGroup.BODY)).isEqualTo(body);

            en.begin(nothing);
            train(en, 2);
            float[] trained = values(en, ParameterGroup.BODY);
            en.end();
            assertThat(trained).isNotEqualTo(body);
            en.begin(nothing);
            assertThat(values(en, ParameterGroup.BODY)).isEqualTo(trained);
            assertThat(en.largestChange(nothing)).isZero();
        }
    }

    /** All variants compute the same steps; they differ in who keeps the outcome. */
    @Test
    void whereAGroupIsKeptDoesNotChangeTheStep() {
        try (StepEngine alone = SmallModel.open(NONE);
                StepEngine glob = SmallModel.open(GLOB);
                SharedParameters nothing = alone.newShared(0, Map.of());
                SharedParameters base = base(glob);
                SourceModel own = source(alone, "en");
                SourceModel sharing = source(glob, "en")) {
            base.put(BODY, 0, values(own, ParameterGroup.BODY));
            base.put(TOKENS, 0, values(own, ParameterGroup.TOKENS));
            base.put(POSITIONS, 0, values(own, ParameterGroup.POSITIONS));
            own.begin(nothing);
            sharing.begin(base);
            for (int step = 0; step < 5; step++) {
                assertThat(sharing.step(tokens(step), ROWS, 1e-3)).isEqualTo(own.step(tokens(step), ROWS, 1e-3));
            }
        }
    }

    @Test
    void aMomentThatTheBaseHoldsReplacesTheSourcesOwn() {
        long body = SHAPE.bodyParameters();
        long longer = SHAPE.tokenParameters(PIECES + 7);
        Map<TensorId, Long> sizes =
                Map.of(BODY, body, TOKENS, longer, POSITIONS, SHAPE.positionParameters(), FIRST_OF_TOKENS, longer);
        try (StepEngine engine = SmallModel.open(GLOB);
                SharedParameters base = base(engine);
                SharedParameters synced = engine.newShared(1, sizes);
                SourceModel en = source(engine, "en")) {
            en.begin(base);
            train(en, 2);
            float[] secondOfTokens = delta(en, base, SECOND_OF_TOKENS);
            float[] firstOfBody = delta(en, base, FIRST_OF_BODY);
            en.end();
            float[] mean = new float[(int) longer];
            for (int i = 0; i < mean.length; i++) {
                mean[i] = i * 1e-6f;
            }
            synced.put(FIRST_OF_TOKENS, 0, mean);
            en.begin(synced);

            float[] own = Arrays.copyOf(mean, PIECES * SHAPE.width());
            assertThat(delta(en, synced, FIRST_OF_TOKENS)).isEqualTo(own);
            assertThat(delta(en, synced, SECOND_OF_TOKENS)).isEqualTo(secondOfTokens);
            assertThat(delta(en, synced, FIRST_OF_BODY)).isEqualTo(firstOfBody);
            train(en, 1);
            assertThat(delta(en, synced, FIRST_OF_TOKENS)).isNotEqualTo(own);
            assertThat(values(synced, FIRST_OF_TOKENS)).isEqualTo(mean);
        }
    }

    @Test
    void theLargestChangeIsThatOfAnyGroup() {
        try (StepEngine engine = SmallModel.open(GLOB);
                SharedParameters base = base(engine);
                SourceModel en = source(engine, "en")) {
            en.begin(base);
            assertThat(en.largestChange(base)).isZero();
            train(en, 3);
            double expected = Math.max(
                    largest(delta(en, base, BODY)),
                    Math.max(largest(delta(en, base, TOKENS)), largest(delta(en, base, POSITIONS))));
            assertThat(en.largestChange(base)).isEqualTo(expected);
            base.put(POSITIONS, 7, new float[] {-1000});
            assertThat(en.largestChange(base)).isBetween(999.0, 1001.0);
        }
    }

    @Test
    void theLargestChangeIsNotANumberIfAnyValueIsNot() {
        try (StepEngine engine = SmallModel.open(GLOB);
                SharedParameters base = manyPieces(engine);
                SourceModel en = engine.newSource("en", MANY_PIECES, 4, 1)) {
            en.begin(base);
            // In the last of several pieces, and then with larger changes before and after it.
            long last = SHAPE.tokenParameters(MANY_PIECES) - 1;
            en.group(ParameterGroup.TOKENS).parameters().put(last, new float[] {Float.NaN});
            assertThat(en.largestChange(base)).isNaN();
            en.group(ParameterGroup.TOKENS).parameters().put(0, new float[] {1e9f});
            en.group(ParameterGroup.POSITIONS).parameters().put(0, new float[] {Float.POSITIVE_INFINITY});
            assertThat(en.largestChange(base)).isNaN();
            en.group(ParameterGroup.TOKENS).parameters().put(last, new float[] {0});
            assertThat(en.largestChange(base)).isInfinite();
        }
    }

    @Test
    void growingKeepsTheMomentsOfOldRowsAndBeginsNewOnesAtZero() {
        try (StepEngine engine = SmallModel.open(GLOB);
                SharedParameters base = manyPieces(engine);
                SourceModel en = engine.newSource("en", MANY_PIECES - 100, SHAPE.sequenceLength(), 1)) {
            en.begin(base);
            train(en, 2);
            float[] first = delta(en, base, FIRST_OF_TOKENS);
            float[] second = delta(en, base, SECOND_OF_TOKENS);
            en.end();
            en.grow(MANY_PIECES);

            assertThat(en.pieces()).isEqualTo(MANY_PIECES);
            assertThat(en.elements(ParameterGroup.TOKENS)).isEqualTo(first.length + 100L * SHAPE.width());
            en.begin(base);
            // Arrays.copyOf fills up with zeros.
            int length = first.length + 100 * SHAPE.width();
            assertThat(delta(en, base, FIRST_OF_TOKENS)).isEqualTo(Arrays.copyOf(first, length));
            assertThat(delta(en, base, SECOND_OF_TOKENS)).isEqualTo(Arrays.copyOf(second, length));
            int[] newPiece = tokens(9);
            newPiece[0] = MANY_PIECES - 1;
            assertThat(en.step(newPiece, ROWS, 1e-3).applied()).isTrue();
        }
    }

    @Test
    void growingIsRefusedInARoundAndWherePiecesArePrivateAndBackwards() {
        try (StepEngine glob = SmallModel.open(GLOB);
                StepEngine spec = SmallModel.open(SPEC);
                SharedParameters base = base(glob);
                SourceModel en = source(glob, "en");
                SourceModel own = source(spec, "en")) {
            assertThatThrownBy(() -> own.grow(PIECES + 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("its token embeddings are its own");
            assertThatThrownBy(() -> en.grow(PIECES - 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cannot shrink to 49");
            en.begin(base);
            assertThatThrownBy(() -> en.grow(PIECES + 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("must end before the source can grow");
        }
    }

    @Test
    void withoutItsMomentsASourceThatSharesEverythingIsANewOne() throws IOException {
        try (StepEngine engine = SmallModel.open(GLOB);
                SharedParameters base = base(engine);
                SourceModel en = source(engine, "en")) {
            byte[] fresh = state(en);
            en.begin(base);
            train(en, 2);
            en.end();
            assertThat(state(en)).isNotEqualTo(fresh);
            en.resetMoments();
            assertThat(state(en)).isEqualTo(fresh);
            assertThat(en.steps()).isZero();
        }
    }

    @Test
    void tokensAreDrawnAnewFromAStreamOfTheirEpoch() {
        try (StepEngine engine = SmallModel.open(SPEC);
                SharedParameters base = base(engine);
                SourceModel en = source(engine, "en")) {
            float[] initial = values(en, ParameterGroup.TOKENS);
            en.begin(base);
            train(en, 2);
            float[] positions = values(en, ParameterGroup.POSITIONS);
            float[] expected = new float[initial.length];
            Initializer.tokens("en", 1, 1, 0, expected);
            en.redrawTokens(1, 1);
            assertThat(values(en, ParameterGroup.TOKENS)).isEqualTo(expected).isNotEqualTo(initial);
            assertThat(values(en, ParameterGroup.POSITIONS)).isEqualTo(positions);
            en.redrawTokens(1, 0);
            assertThat(values(en, ParameterGroup.TOKENS)).isEqualTo(initial);
        }
    }

    @Test
    void momentsOfTokensAreResetAlone() {
        try (StepEngine engine = SmallModel.open(SPEC);
                SharedParameters base = base(engine);
                SourceModel en = source(engine, "en")) {
            en.begin(base);
            train(en, 2);
            float[] firstOfBody = delta(en, base, FIRST_OF_BODY);
            en.resetTokenMoments();
            for (Quantity moment : List.of(Quantity.FIRST_MOMENT, Quantity.SECOND_MOMENT)) {
                float[] ofTokens = new float[PIECES * SHAPE.width()];
                Arrays.fill(ofTokens, 1);
                en.group(ParameterGroup.TOKENS).tensor(moment).copyTo(0, ofTokens);
                assertThat(ofTokens).containsOnly(0);
            }
            assertThat(delta(en, base, FIRST_OF_BODY)).isEqualTo(firstOfBody);
            assertThat(en.steps()).isEqualTo(2);
        }
    }

    @Test
    void aFrozenBodyStaysAsItIsToTheBitAndTheRestLearns() {
        try (StepEngine engine = SmallModel.open(NONE);
                SharedParameters nothing = engine.newShared(0, Map.of());
                SourceModel en = source(engine, "en")) {
            en.freezeBody();
            en.begin(nothing);
            float[] body = values(en, ParameterGroup.BODY);
            float[] tokens = values(en, ParameterGroup.TOKENS);
            double first = en.step(tokens(0), ROWS, 1e-2).loss();
            for (int step = 1; step < 20; step++) {
                en.step(tokens(0), ROWS, 1e-2);
            }
            assertThat(values(en, ParameterGroup.BODY)).isEqualTo(body);
            assertThat(values(en, ParameterGroup.TOKENS)).isNotEqualTo(tokens);
            assertThat(en.steps()).isEqualTo(20);
            assertThat(en.step(tokens(0), ROWS, 0).loss()).isLessThan(first - 0.5);
        }
    }

    /** The gradient of the rest is the same; without clipping so is its first step. */
    @Test
    void theFirstStepOfTheRestIsTheSameWithAFrozenBody() {
        AdamW unclipped = new AdamW(0.9, 0.95, 1e-8, 0, 1e9);
        try (StepEngine engine = StepEngine.open(SHAPE, Precision.FP32, unclipped, NONE);
                SharedParameters nothing = engine.newShared(0, Map.of());
                SourceModel live = source(engine, "en");
                SourceModel frozen = source(engine, "en")) {
            frozen.freezeBody();
            live.begin(nothing);
            frozen.begin(nothing);
            StepResult all = live.step(tokens(0), ROWS, 1e-3);
            StepResult some = frozen.step(tokens(0), ROWS, 1e-3);
            assertThat(some.loss()).isEqualTo(all.loss());
            assertThat(some.gradientNorm()).isPositive().isLessThan(all.gradientNorm());
            for (ParameterGroup group : List.of(ParameterGroup.TOKENS, ParameterGroup.POSITIONS)) {
                assertThat(values(frozen, group)).isEqualTo(values(live, group));
            }
        }
    }

    @Test
    void aPrivateGroupTakesWhatItIsGiven() {
        try (StepEngine engine = SmallModel.open(SPEC);
                SourceModel en = source(engine, "en")) {
            en.put(ParameterGroup.TOKENS, 3, new float[] {7, 8});
            assertThat(Arrays.copyOfRange(values(en, ParameterGroup.TOKENS), 3, 5))
                    .containsExactly(7, 8);
            assertThatThrownBy(() -> en.put(ParameterGroup.BODY, 0, new float[1]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("BODY of source en are shared");
        }
    }

    @Test
    void rowsAreAsLongAsTheirSourceSays() {
        try (StepEngine engine = SmallModel.open(GLOB);
                SharedParameters base = base(engine);
                SourceModel en = engine.newSource("en", PIECES, 5, 1)) {
            int[] rows = new Random(1).ints(2 * 6, 0, PIECES).toArray();
            en.begin(base);
            double nats = en.evaluate(base, rows, 2);
            assertThat(en.step(rows, 2, 0).loss() * 10).isCloseTo(nats, within(1e-4));
            assertThat(en.elements(ParameterGroup.POSITIONS)).isEqualTo(5L * SHAPE.width());
            assertThat(delta(en, base, POSITIONS)).hasSize(5 * SHAPE.width());
            assertThatThrownBy(() -> en.step(tokens(0), ROWS, 1e-3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("51 ids do not make 3 rows of 6 tokens");
        }
    }

    @Test
    void privateGroupsNeverLeaveAndSharedOnesAreNotKept() {
        ModelShape alibi = new ModelShape(1, 32, 4, 16, Positions.ALIBI);
        try (StepEngine spec = SmallModel.open(SPEC);
                StepEngine glob = SmallModel.open(GLOB);
                StepEngine without = StepEngine.open(alibi, Precision.FP32, AdamW.defaults(), SPEC);
                SharedParameters base = base(spec);
                SourceModel own = source(spec, "en");
                SourceModel sharing = source(glob, "en");
                SourceModel unplaced = source(without, "en")) {
            own.begin(base);
            for (TensorId tensor : List.of(TOKENS, FIRST_OF_TOKENS, POSITIONS)) {
                assertThatThrownBy(() -> own.delta(base, tensor, 0, new float[1]))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining(tensor + " never leaves source en");
            }
            assertThatThrownBy(() -> sharing.copy(ParameterGroup.TOKENS, 0, new float[1]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("TOKENS of source en are shared");
            assertThatThrownBy(() -> sharing.redrawTokens(1, 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("they are shared");
            assertThat(unplaced.elements(ParameterGroup.POSITIONS)).isZero();
            assertThatThrownBy(() -> unplaced.copy(ParameterGroup.POSITIONS, 0, new float[0]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no POSITIONS: its architecture is Gpt2[positions=ALIBI]");
        }
    }

    private static SharedParameters manyPieces(StepEngine engine) {
        SharedParameters base = engine.newShared(
                0,
                Map.of(
                        BODY, SHAPE.bodyParameters(),
                        TOKENS, SHAPE.tokenParameters(MANY_PIECES),
                        POSITIONS, SHAPE.positionParameters()));
        float[] tokens = new float[(int) SHAPE.tokenParameters(MANY_PIECES)];
        Initializer.tokens("all", 3, 0, tokens);
        base.put(TOKENS, 0, tokens);
        float[] body = new float[(int) SHAPE.bodyParameters()];
        Initializer.body(SHAPE, 3, 0, body);
        base.put(BODY, 0, body);
        return base;
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }
}
