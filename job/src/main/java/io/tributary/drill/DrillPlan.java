package io.tributary.drill;

import java.nio.file.Path;
import java.util.List;

/**
 * What a drill does.
 *
 * @param folder of the cluster that it starts
 * @param seed of the moments and kinds of faults, and of the run
 * @param faults how many
 * @param kinds which come in turns, in a drawn order
 * @param rounds of the run
 * @param steps of each source in a round
 * @param width d of the model, which decides how long a step takes
 * @param taskManagers with one slot each; the job has as many subtasks
 * @param pauseMs the longest time from a recovery to the next fault; the moment is drawn
 */
public record DrillPlan(
        Path folder,
        long seed,
        int faults,
        List<Fault> kinds,
        int rounds,
        int steps,
        int width,
        int taskManagers,
        long pauseMs) {
    /** Tokens of a row, and rows of a batch. */
    static final int SEQUENCE_LENGTH = 64;

    static final int BATCH_ROWS = 8;
    private static final int LAYERS = 2;

    public DrillPlan {
        kinds = List.copyOf(kinds);
        if (faults < 0 || rounds < 1 || steps < 1 || width < 16 || width % 16 != 0 || taskManagers < 1 || pauseMs < 1) {
            throw new IllegalArgumentException(
                    "A drill has rounds, steps, TaskManagers and a pause, and a width that is a multiple of 16, not %d, %d, %d, %d and %d"
                            .formatted(rounds, steps, taskManagers, pauseMs, width));
        }
        if (faults > 0 && kinds.isEmpty()) {
            throw new IllegalArgumentException("Name the kinds of the %d faults".formatted(faults));
        }
        if (kinds.contains(Fault.LOSS) && taskManagers < 2) {
            throw new IllegalArgumentException("The last TaskManager cannot be lost: have at least 2");
        }
    }

    /** Whether the cluster needs the scheduler that rescales. */
    public boolean adaptive() {
        return kinds.stream().anyMatch(Fault::needsAdaptiveScheduler);
    }

    /** Targets of one step. */
    static int tokensPerStep() {
        return SEQUENCE_LENGTH * BATCH_ROWS;
    }

    /** Steps of all sources that make a run. */
    long usefulSteps(int sources) {
        return (long) rounds * steps * sources;
    }

    /** The settings of a run, as a file would have them. */
    String settings(String name, List<String> sources) {
        StringBuilder listed = new StringBuilder();
        sources.forEach(source -> listed.append("  - name: ").append(source).append('\n'));
        return """
                name: %s
                seed: %d
                model: {layers: %d, width: %d, heads: %d, sequenceLength: %d}
                variant: spec
                vocabulary: {pieces: 1000, bootstrap: 100KiB, bootstrapTimeout: 5m}
                sources:
                %s
                training: {batchRows: %d, learningRate: {peak: 2e-3}}
                rounds: {localSteps: %d, timeout: 20m, count: %d}
                snapshots: {everyRounds: 2}
                kafka: {groupId: %s}
                flink: {execution.checkpointing.interval: 2s}
                """
                .formatted(
                        name,
                        seed,
                        LAYERS,
                        width,
                        width / 16,
                        SEQUENCE_LENGTH,
                        listed,
                        BATCH_ROWS,
                        steps,
                        rounds,
                        name);
    }
}
