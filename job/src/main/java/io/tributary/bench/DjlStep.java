package io.tributary.bench;

import io.tributary.bench.djl.DjlTraining;

/** DJL's own way to train the same model. */
final class DjlStep implements LocalContestant.TrainingStep {
    private final DjlTraining training;

    DjlStep(StepSetup setup) {
        training = new DjlTraining(
                setup.shape(),
                setup.pieces(),
                setup.rows(),
                TributaryStep.SOURCE,
                TributaryStep.SEED,
                TributaryStep.LEARNING_RATE);
    }

    @Override
    public double train(int[] tokensBT1) {
        return training.train(tokensBT1);
    }

    @Override
    public void close() {
        training.close();
    }
}
