package io.tributary.model;

import static io.tributary.model.SmallModel.BODY;
import static io.tributary.model.SmallModel.POSITIONS;
import static io.tributary.model.SmallModel.SHAPE;
import static io.tributary.model.SmallModel.TOKENS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.TensorId;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedParametersTest {
    private final StepEngine engine = SmallModel.open(SmallModel.GLOB);

    @AfterEach
    void closeEngine() {
        engine.close();
    }

    @Test
    void tensorsBeginAtZeroAndKeepWhatIsPut() {
        TensorId moment = new TensorId(ParameterGroup.TOKENS, Quantity.SECOND_MOMENT);
        try (SharedParameters base = engine.newShared(9, Map.of(TOKENS, 6L, moment, 4L))) {
            base.put(TOKENS, 2, new float[] {1, 2, 3});
            base.put(moment, 3, new float[] {5});

            assertThat(base.round()).isEqualTo(9);
            assertThat(SmallModel.values(base, TOKENS)).containsExactly(0, 0, 1, 2, 3, 0);
            assertThat(SmallModel.values(base, moment)).containsExactly(0, 0, 0, 5);
            assertThat(base.holds(moment)).isTrue();
            assertThat(base.holds(BODY)).isFalse();
        }
    }

    @Test
    void rowsBelongToOneSource() {
        try (SharedParameters base = engine.newShared(9, Map.of(TOKENS, 6L))) {
            base.allocateRows("en", TOKENS, 4);
            base.allocateRows("de", TOKENS, 2);
            base.putRows("en", TOKENS, 1, new float[] {7, 8});
            float[] en = new float[4];
            float[] de = new float[2];
            base.copyRows("en", TOKENS, 0, en);
            base.copyRows("de", TOKENS, 0, de);

            assertThat(en).containsExactly(0, 7, 8, 0);
            assertThat(de).containsOnly(0);
            assertThat(SmallModel.values(base, TOKENS)).containsOnly(0);
            assertThat(base.holdsRows("en", TOKENS)).isTrue();
            assertThat(base.holdsRows("fr", TOKENS)).isFalse();
            assertThat(base.holdsRows("en", BODY)).isFalse();
        }
    }

    @Test
    void misuseIsRefusedByName() {
        try (SharedParameters base = engine.newShared(9, Map.of(TOKENS, 6L))) {
            base.allocateRows("en", TOKENS, 4);
            assertThatThrownBy(() -> base.put(BODY, 0, new float[1]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Round 9 starts from no BODY common to all sources");
            assertThatThrownBy(() -> base.copyRows("de", TOKENS, 0, new float[1]))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no TOKENS of source de alone");
            assertThatThrownBy(() -> base.allocateRows("en", TOKENS, 4))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Source en has rows of TOKENS");
            assertThatThrownBy(() -> base.putRows("en", TOKENS, 3, new float[2]))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining("not within the 4");
        }
    }

    @Test
    void aPrivateGroupIsNotAmongThem() {
        try (StepEngine spec = SmallModel.open(SmallModel.SPEC);
                SharedParameters base = SmallModel.base(spec)) {
            assertThatThrownBy(() -> spec.newShared(0, Map.of(TOKENS, 6L)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("TOKENS is not shared");
            assertThatThrownBy(() -> base.allocateRows("en", TOKENS, 4))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("shared are [BODY]");
        }
    }

    @Test
    void positionsThatAreNotLearnedAreNotShared() {
        ModelShape shape = new ModelShape(1, 32, 4, 16, Positions.ALIBI);
        try (StepEngine alibi = StepEngine.open(shape, Precision.FP32, AdamW.defaults(), SmallModel.GLOB)) {
            assertThat(alibi.shared()).containsExactly(ParameterGroup.BODY, ParameterGroup.TOKENS);
            assertThatThrownBy(() -> alibi.newShared(0, Map.of(POSITIONS, 6L)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("POSITIONS is not shared");
        }
        assertThat(engine.shared()).containsExactly(ParameterGroup.values());
    }

    @Test
    void aSourceBeginsFromItsOwnRowsOrTheFirstOfTheCommonOnes() {
        int width = SHAPE.width();
        float[] rows = new float[SmallModel.PIECES * width];
        Initializer.tokens("other", 4, 0, rows);
        try (SharedParameters common = SmallModel.base(engine);
                SharedParameters own = SmallModel.base(engine);
                SharedParameters foreign = SmallModel.base(engine);
                SourceModel en = SmallModel.source(engine, "en")) {
            own.allocateRows("en", TOKENS, rows.length);
            own.putRows("en", TOKENS, 0, rows);
            // What other sources hold, and what lies behind the source's pieces, changes nothing.
            foreign.allocateRows("de", TOKENS, rows.length);
            foreign.put(TOKENS, rows.length, new float[] {Float.NaN});

            double nats = nats(en, common);
            assertThat(nats(en, foreign)).isEqualTo(nats);
            assertThat(nats(en, own)).isNotEqualTo(nats);
            common.put(TOKENS, 0, rows);
            assertThat(nats(en, own)).isEqualTo(nats(en, common));
        }
    }

    @Test
    void whatDoesNotFitASourceIsRefusedBeforeItBegins() {
        long pieces = SmallModel.PIECES;
        long width = SHAPE.width();
        long body = SHAPE.bodyParameters();
        try (SharedParameters shorter = engine.newShared(2, Map.of(BODY, body, TOKENS, (pieces - 1) * width));
                SharedParameters longerRows = SmallModel.base(engine);
                SourceModel en = SmallModel.source(engine, "en")) {
            longerRows.allocateRows("en", TOKENS, (pieces + 1) * width);
            assertThatThrownBy(() -> nats(en, shorter))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Source en has 1600 values of TOKENS, but in round 2 it begins from 1568");
            assertThatThrownBy(() -> nats(en, longerRows))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("begins from 1632");
            assertThatThrownBy(() -> en.begin(shorter)).isInstanceOf(IllegalStateException.class);
            assertThat(en.inRound()).isFalse();
        }
    }

    private static double nats(SourceModel source, SharedParameters base) {
        return source.evaluate(base, SmallModel.tokens(0), SmallModel.ROWS);
    }
}
