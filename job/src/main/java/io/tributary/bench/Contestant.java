package io.tributary.bench;

import java.io.IOException;

/** Something that trains the model, in turns with others. */
interface Contestant extends AutoCloseable {
    /** In keys of figures. */
    String key();

    /** For people, with the precision it computes with. */
    String label();

    /**
     * Trains until the time is over, one step at least.
     *
     * @throws IOException if it has failed for good
     */
    Turn turn(double seconds) throws IOException;

    /**
     * What a turn has done.
     *
     * @param seconds that its steps took together
     * @param loss of the last step, nats per token
     */
    record Turn(int steps, double seconds, double loss) {
        public Turn {
            if (steps < 1 || !(seconds > 0)) {
                throw new IllegalArgumentException(
                        "A turn has a step and takes time, not %d steps in %s s".formatted(steps, seconds));
            }
        }
    }

    @Override
    void close() throws IOException;
}
