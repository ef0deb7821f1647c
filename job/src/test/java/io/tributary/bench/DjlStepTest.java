package io.tributary.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import org.junit.jupiter.api.Test;

class DjlStepTest {
    private static final StepSetup SETUP = new StepSetup(new ModelShape(2, 32, 4, 16), 97, 3, Precision.FP32);

    @Test
    void thePeerIsTheSameModelAndLearnsAsTributaryDoes() {
        int[] batch = SETUP.batches().get(0);
        try (TributaryStep own = new TributaryStep(SETUP);
                DjlStep peer = new DjlStep(SETUP)) {
            double first = own.train(batch);
            assertThat(first).isCloseTo(Math.log(97), within(0.1));
            // The one has GELU by tanh, the other the exact one.
            assertThat(peer.train(batch)).isCloseTo(first, within(1e-4));
            double ownLast = first;
            double peerLast = first;
            for (int step = 0; step < 20; step++) {
                ownLast = own.train(batch);
                peerLast = peer.train(batch);
            }
            assertThat(ownLast).isLessThan(first - 0.05);
            assertThat(peerLast).isCloseTo(ownLast, within(0.01));
        }
    }
}
