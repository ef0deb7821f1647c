package io.tributary.plan;

import io.tributary.config.Cluster;
import io.tributary.config.PipelineSettings;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How long a run takes at the stated rates, by the subtask that takes longest. Communication is not hidden behind
 * computing: a round begins with the body of the one before.
 *
 * @param sourcesPerRound how many sources take part in a round
 * @param trainSeconds of a round
 * @param communicationSeconds of a round: updates sent, shards received
 * @param totalSeconds of all rounds
 */
public record RunTime(
        long rounds, int sourcesPerRound, double trainSeconds, double communicationSeconds, double totalSeconds) {
    static RunTime of(Layout layout) {
        PipelineSettings settings = layout.settings();
        Cluster cluster = settings.cluster();
        List<Replica> all = layout.replicas();
        // One model of a mixture takes part as a whole.
        double share =
                layout.variant().mixture() ? 1 : settings.rounds().sampling().share();
        // In decimal, as the share was written: in binary 0.07 of 100 is a little more than 7.
        int chosen = BigDecimal.valueOf(share)
                .multiply(BigDecimal.valueOf(all.size()))
                .setScale(0, RoundingMode.CEILING)
                .intValueExact();
        double tensors = RoundBytes.meanTensors(settings.merging().innerState());

        double train = worst(layout, subtask -> {
            double tokens = largest(
                    layout.on(subtask),
                    chosen,
                    each -> each.batchTokens(settings.training().batchRows()));
            return tokens * settings.rounds().localSteps() / cluster.tokensPerSecond();
        });
        double communication = worst(layout, subtask -> {
            List<Replica> replicas = layout.on(subtask);
            double sent = largest(replicas, chosen, each -> bytes(layout, each, layout.shared(each)));
            double received = Float.BYTES * layout.broadcast()
                    + Layout.sum(replicas, each -> bytes(layout, each, layout.rows(each)));
            return tensors * (sent + received) / cluster.bandwidthBytesPerSecond();
        });
        long rounds = settings.rounds().maxRounds();
        return new RunTime(rounds, chosen, train, communication, rounds * (train + communication));
    }

    /** Values, and the ids of rows where there are any. */
    private static long bytes(Layout layout, Replica replica, long values) {
        return Float.BYTES * values + (layout.variant().byRows() ? (long) Integer.BYTES * replica.pieces() : 0);
    }

    private static double worst(Layout layout, ToDoubleFunction<Integer> seconds) {
        return IntStream.range(0, layout.subtasks())
                .boxed()
                .mapToDouble(seconds)
                .max()
                .orElseThrow();
    }

    /** The sum over the largest of a subtask's models: the draw of a round may choose just these. */
    private static double largest(List<Replica> replicas, int chosen, ToDoubleFunction<Replica> each) {
        return replicas.stream()
                .map(each::applyAsDouble)
                .sorted(Comparator.reverseOrder())
                .limit(chosen)
                .mapToDouble(Double::doubleValue)
                .sum();
    }
}
