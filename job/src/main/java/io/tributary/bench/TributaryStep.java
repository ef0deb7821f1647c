package io.tributary.bench;

import io.tributary.model.AdamW;
import io.tributary.model.SharedParameters;
import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.record.Variant;
import java.util.Map;

/** Tributary's own step, on a source that shares nothing. */
final class TributaryStep implements LocalContestant.TrainingStep {
    static final String SOURCE = "bench";
    static final long SEED = 1;
    /** Low enough that no shape diverges on random tokens. */
    static final double LEARNING_RATE = 3e-4;

    private final int rows;
    private final StepEngine engine;
    private final SharedParameters nothing;
    private final SourceModel model;

    TributaryStep(StepSetup setup) {
        rows = setup.rows();
        engine = StepEngine.open(setup.shape(), setup.precision(), AdamW.defaults(), Variant.SINGLE.shared());
        nothing = engine.newShared(0, Map.of());
        model = engine.newSource(SOURCE, setup.pieces(), setup.shape().sequenceLength(), SEED);
        model.begin(nothing);
    }

    @Override
    public double train(int[] tokensBT1) {
        return model.step(tokensBT1, rows, LEARNING_RATE).loss();
    }

    @Override
    public void close() {
        model.close();
        nothing.close();
        engine.close();
    }
}
