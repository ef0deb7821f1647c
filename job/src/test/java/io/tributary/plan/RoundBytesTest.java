package io.tributary.plan;

import static io.tributary.record.ParameterGroup.BODY;
import static io.tributary.record.ParameterGroup.POSITIONS;
import static io.tributary.record.ParameterGroup.TOKENS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.merge.InnerState;
import io.tributary.model.ModelShape;
import io.tributary.model.Positions;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Variant;
import org.junit.jupiter.api.Test;

class RoundBytesTest {
    private static final ModelShape SHAPE = new ModelShape(2, 64, 4, 32);
    /** 2 layers of 12 d^2 + 13 d, and the final layer norm of 2 d. */
    private static final long BODY_VALUES = 2 * (12 * 64 * 64 + 13 * 64) + 2 * 64;

    private static final int TABLE_ROWS = 500;
    private static final int PIECES = 300;
    private static final InnerState KEEP = new InnerState.Keep();

    @Test
    void specSendsTheBodyAlone() {
        RoundBytes spec = bytes(Variant.SPEC, KEEP, 0);
        assertThat(spec.sent(BODY)).isEqualTo(4 * BODY_VALUES);
        assertThat(spec.sent(TOKENS)).isZero();
        assertThat(spec.sent(POSITIONS)).isZero();
        assertThat(spec.rowIds()).isZero();
    }

    @Test
    void globSendsTheWholeTable() {
        RoundBytes glob = bytes(Variant.GLOB, KEEP, 0);
        assertThat(glob.sent(BODY)).isEqualTo(4 * BODY_VALUES);
        assertThat(glob.sent(TOKENS)).isEqualTo(4 * 500 * 64);
        assertThat(glob.sent(POSITIONS)).isEqualTo(4 * 32 * 64);
        assertThat(glob.rowIds()).isZero();
    }

    @Test
    void trimSendsTheRowsThatTheSourceHoldsWithTheirIds() {
        RoundBytes trim = bytes(Variant.TRIM, KEEP, 0);
        assertThat(trim.sent(TOKENS)).isEqualTo(4 * 300 * 64);
        assertThat(trim.sent(POSITIONS)).isEqualTo(4 * 32 * 64);
        assertThat(trim.rowIds()).isEqualTo(4 * 300);
    }

    @Test
    void theBaselinesSendNothing() {
        for (Variant variant : new Variant[] {Variant.STD, Variant.SINGLE}) {
            RoundBytes none = bytes(variant, new InnerState.Sync(1, 1), 0);
            for (ParameterGroup group : ParameterGroup.values()) {
                assertThat(none.sent(group)).isZero();
                assertThat(none.received(group)).isZero();
            }
            assertThat(none.rowIds()).isZero();
        }
    }

    @Test
    void asMuchComesBackAsWasSent() {
        for (Variant variant : Variant.values()) {
            RoundBytes bytes = bytes(variant, new InnerState.Sync(2, 3), 5);
            for (ParameterGroup group : ParameterGroup.values()) {
                assertThat(bytes.received(group)).isEqualTo(bytes.sent(group));
            }
        }
    }

    @Test
    void onlyLearnedPositionsAreSent() {
        ModelShape alibi = new ModelShape(2, 64, 4, 32, Positions.ALIBI);
        assertThat(new RoundBytes(alibi, Variant.GLOB, PIECES, TABLE_ROWS, 32, KEEP, 0).sent(POSITIONS))
                .isZero();
    }

    @Test
    void momentsAreSentInTheRoundsThatCompleteTheirPeriod() {
        InnerState sync = new InnerState.Sync(3, 6);
        int[] tensors = {1, 1, 2, 1, 1, 3};
        for (int round = 0; round < 12; round++) {
            RoundBytes trim = bytes(Variant.TRIM, sync, round);
            assertThat(trim.sent(BODY)).isEqualTo(4 * BODY_VALUES * tensors[round % 6]);
            assertThat(trim.rowIds()).isEqualTo(4L * 300 * tensors[round % 6]);
        }
        assertThat(RoundBytes.meanTensors(sync)).isEqualTo(9 / 6.0);
    }

    @Test
    void aSourceHoldsNoMoreRowsThanTheTableHas() {
        assertThatThrownBy(() -> new RoundBytes(SHAPE, Variant.TRIM, 501, TABLE_ROWS, 32, KEEP, 0))
                .hasMessageContaining("at most the 500 rows");
    }

    private static RoundBytes bytes(Variant variant, InnerState inner, long round) {
        return new RoundBytes(SHAPE, variant, PIECES, TABLE_ROWS, 32, inner, round);
    }
}
