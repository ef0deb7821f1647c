package io.tributary.cli;

import io.tributary.session.TrainGauges;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * How long each Train subtask waited for a body, round by round. What a subtask has waited so far stands still while it
 * trains, so it is read at the first look into each round: there have to be some looks to a round.
 */
final class BodyWaits {
    /** By round and subtask, milliseconds since the subtask was started. */
    private final SortedMap<Long, SortedMap<Integer, Long>> upTo = new TreeMap<>();

    private final int subtasks;

    BodyWaits(int subtasks) {
        this.subtasks = subtasks;
    }

    void look(TrainGauges gauges) {
        List<Long> rounds = gauges.rounds();
        // Flink forgets a subtask's metrics for a moment now and then.
        if (rounds.size() == subtasks && gauges.bodyWaits().size() == subtasks) {
            for (int subtask = 0; subtask < subtasks; subtask++) {
                upTo.computeIfAbsent(rounds.get(subtask), round -> new TreeMap<>())
                        .putIfAbsent(subtask, gauges.bodyWaits().get(subtask));
            }
        }
    }

    /** For each round that was seen from its beginning to its end, the milliseconds that each subtask waited. */
    List<List<Double>> rounds() {
        List<List<Double>> waits = new ArrayList<>();
        // The first look may have been at the end of its round.
        upTo.entrySet().stream().skip(1).forEach(each -> {
            List<Long> from = List.copyOf(each.getValue().values());
            List<Long> to = List.copyOf(upTo.getOrDefault(each.getKey() + 1, Collections.emptySortedMap())
                    .values());
            if (from.size() == subtasks && to.size() == subtasks) {
                waits.add(IntStream.range(0, subtasks)
                        .mapToObj(subtask -> (double) (to.get(subtask) - from.get(subtask)))
                        .toList());
            }
        });
        return waits;
    }
}
