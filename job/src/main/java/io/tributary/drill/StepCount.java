package io.tributary.drill;

import io.tributary.session.TrainGauges;
import java.util.HashMap;
import java.util.Map;

/**
 * Steps that were done in all attempts of a run, useful or not. Each look keeps the newest count of every start of a
 * subtask, known by the moment of its first step; what a subtask did between the last look and its end is not counted, so
 * looks should be frequent.
 */
final class StepCount {
    private final Map<String, Long> byStart = new HashMap<>();

    void look(TrainGauges gauges) {
        for (int i = 0; i < Math.min(gauges.steps().size(), gauges.firstSteps().size()); i++) {
            byStart.merge(i + "@" + gauges.firstSteps().get(i), gauges.steps().get(i), Math::max);
        }
    }

    long total() {
        return byStart.values().stream().mapToLong(Long::longValue).sum();
    }
}
