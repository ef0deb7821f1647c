package io.tributary.bench;

import java.util.List;

/** Steps in this JVM, on the thread that asks for a turn. */
final class LocalContestant implements Contestant {
    private final String key;
    private final String label;
    private final List<int[]> batches;
    private final TrainingStep step;
    private int steps;

    LocalContestant(String key, String label, List<int[]> batches, TrainingStep step) {
        this.key = key;
        this.label = label;
        this.batches = List.copyOf(batches);
        this.step = step;
    }

    /** A model and how it takes a step. */
    interface TrainingStep extends AutoCloseable {
        /** Trains on ids [B, T+1]; gives the mean loss in nats per token before the update. */
        double train(int[] tokensBT1);

        @Override
        void close();
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String label() {
        return label;
    }

    @Override
    public Turn turn(double seconds) {
        long before = System.nanoTime();
        long end = before + (long) (seconds * 1e9);
        int taken = 0;
        double loss = 0;
        while (taken == 0 || System.nanoTime() < end) {
            loss = step.train(batches.get(steps % batches.size()));
            steps++;
            taken++;
        }
        return new Turn(taken, (System.nanoTime() - before) / 1e9, loss);
    }

    @Override
    public void close() {
        step.close();
    }
}
