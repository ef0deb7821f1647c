package io.tributary.flow;

import io.tributary.record.Downstream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobID;

/**
 * The feedback edge inside one JVM: Feedback finds here the Train subtask that shares its slot.
 *
 * <p>Flink has no iterations, and a second input on Train would starve behind aligned barriers. Nothing here is
 * checkpointed: the truth is in the outer step, and a Train subtask without a body asks for it. A subtask of an earlier
 * attempt is never met here, since Flink ends all tasks of the job's one region before it starts any anew; still, the
 * newest registration wins, and only the one that is registered can take itself off.
 */
final class HandOver {
    private static final Map<Place, Consumer<Downstream>> TRAINERS = new ConcurrentHashMap<>();

    /** A subtask of a job. */
    record Place(JobID job, int subtask) {}

    private HandOver() {}

    static void register(Place place, Consumer<Downstream> trainer) {
        TRAINERS.put(place, trainer);
    }

    static void remove(Place place, Consumer<Downstream> trainer) {
        TRAINERS.remove(place, trainer);
    }

    static Optional<Consumer<Downstream>> find(Place place) {
        return Optional.ofNullable(TRAINERS.get(place));
    }
}
