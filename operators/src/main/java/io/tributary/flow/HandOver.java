package io.tributary.flow;

import io.tributary.record.Downstream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The feedback edge inside one JVM: Feedback finds here the Train subtask and the reader that share its slot.
 *
 * <p>Flink has no iterations, and a second input on Train would starve behind aligned barriers. Nothing here is
 * checkpointed: the truth is in the outer step and in Train, and a Train subtask without a body asks for it. A subtask of
 * an earlier attempt is never met here, since Flink ends all tasks of the job's one region before it starts any anew;
 * still, the newest registration wins, and only the one that is registered can take itself off.
 */
public final class HandOver {
    private static final Map<Place, Consumer<Downstream>> RECEIVERS = new ConcurrentHashMap<>();

    /** Who receives. */
    public enum End {
        /** All but {@link Downstream.Pace}. */
        TRAIN,
        /** {@link Downstream.Pace} alone. */
        READER
    }

    /**
     * One end of the edge.
     *
     * @param loop drawn when the job graph is built, so that jobs in one JVM do not meet
     */
    public record Place(String loop, End end, int subtask) {}

    private HandOver() {}

    /** From now on the receiver is called, by Feedback's thread, with what comes. */
    public static void register(Place place, Consumer<Downstream> receiver) {
        RECEIVERS.put(place, receiver);
    }

    /** Takes a receiver off, if it is the one that is registered. */
    public static void remove(Place place, Consumer<Downstream> receiver) {
        RECEIVERS.remove(place, receiver);
    }

    /** Who is registered there. */
    public static Optional<Consumer<Downstream>> find(Place place) {
        return Optional.ofNullable(RECEIVERS.get(place));
    }
}
