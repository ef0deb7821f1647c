package io.tributary.flow;

import io.tributary.record.ParameterGroup;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;

/**
 * Where parameters come from that a run does not draw at random: a model that was trained before. State that there is
 * already wins over it.
 */
public interface InitialValues extends Serializable {
    /** The owner of what all sources have in common, and of the one model of a mixture. */
    String EVERYONE = "";

    /** Every value is drawn. */
    InitialValues DRAWN = () -> new Reader() {
        @Override
        public void overwrite(ParameterGroup group, String owner, long from, float[] drawn) {}

        @Override
        public void close() {}
    };

    /**
     * Opens what there is, where it is needed.
     *
     * @throws IOException that says what is missing or wrong
     */
    Reader open() throws IOException;

    /** Reads slices of parameters, so that none is whole on the heap. For one thread at a time. */
    interface Reader extends Closeable {
        /**
         * Overwrites drawn values with those that there are for them; the others stay.
         *
         * @param owner the name of a source, or {@link #EVERYONE}
         * @param from index in the flat group: N values of a body, V*d of token embeddings, T*d of position embeddings
         * @throws IOException if they cannot be read, or the group is larger than what there is
         */
        void overwrite(ParameterGroup group, String owner, long from, float[] drawn) throws IOException;
    }
}
