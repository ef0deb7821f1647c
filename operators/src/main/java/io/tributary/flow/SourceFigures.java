package io.tributary.flow;

import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.RoundReport.Traffic;
import io.tributary.record.SourceId;
import io.tributary.round.SourceRound;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;

/**
 * What a source shows to those who look at the job from outside. Metrics are read by other threads, so the one that
 * trains says what they see: a few volatile writes for each step.
 */
final class SourceFigures {
    private volatile boolean active = true;
    private volatile long queuedBytes;
    private volatile long tokens;
    private volatile double stepMs = Double.NaN;
    private volatile double learningRate = Double.NaN;
    private volatile long round = SourceRound.NONE;
    private volatile Optional<RoundReport> last = Optional.empty();

    private final Map<Participation, Counter> rounds = new EnumMap<>(Participation.class);
    private Counter sent = new SimpleCounter();
    private Counter received = new SimpleCounter();
    private Counter framing = new SimpleCounter();

    /**
     * Shows them among the metrics of an operator.
     *
     * @param lastRound that it closed before the subtask was started, or -1
     */
    void register(MetricGroup operator, SourceId source, long lastRound) {
        round = lastRound;
        Metric.SOURCE_ACTIVE.show(operator, source, () -> active ? 1 : 0);
        Metric.SOURCE_QUEUED_BYTES.show(operator, source, () -> queuedBytes);
        Metric.SOURCE_TOKENS.show(operator, source, () -> tokens);
        Metric.SOURCE_STEP_TIME.show(operator, source, () -> stepMs);
        Metric.SOURCE_LEARNING_RATE.show(operator, source, () -> learningRate);
        Metric.SOURCE_ROUND.show(operator, source, () -> round);
        Metric.SOURCE_LOSS.show(operator, source, () -> lastDouble(RoundReport::trainLoss));
        Metric.SOURCE_BITS_PER_BYTE.show(operator, source, () -> lastDouble(RoundReport::validationBitsPerByte));
        Metric.SOURCE_UNIGRAM_BITS_PER_BYTE.show(operator, source, () -> lastDouble(RoundReport::unigramBitsPerByte));
        Metric.SOURCE_TOKENS_PER_SECOND.show(operator, source, () -> lastDouble(RoundReport::tokensPerSecond));
        Metric.SOURCE_FLOPS_PER_SECOND.show(operator, source, () -> lastDouble(RoundReport::flopsPerSecond));
        Metric.SOURCE_VOCABULARY_SIZE.show(operator, source, () -> lastDouble(RoundReport::vocabularySize));
        for (Participation participation : Participation.values()) {
            rounds.put(participation, metric(participation).count(operator, source));
        }
        sent = Metric.SOURCE_SENT_BYTES.count(operator, source);
        received = Metric.SOURCE_RECEIVED_BYTES.count(operator, source);
        framing = Metric.SOURCE_FRAMING_BYTES.count(operator, source);
    }

    private static Metric metric(Participation participation) {
        return switch (participation) {
            case FULL -> Metric.SOURCE_FULL_ROUNDS;
            case PARTIAL -> Metric.SOURCE_PARTIAL_ROUNDS;
            case LATE -> Metric.SOURCE_LATE_ROUNDS;
            case ABSTAINED -> Metric.SOURCE_ABSTAINED_ROUNDS;
            case REJECTED -> Metric.SOURCE_REJECTED_ROUNDS;
        };
    }

    private double lastDouble(ToDoubleFunction<RoundReport> figure) {
        return last.map(report -> figure.applyAsDouble(report)).orElse(Double.NaN);
    }

    /**
     * @param waitingBytes of tokens in its queue
     * @param trains neither paused nor retired
     * @param trainedTokens since it began
     */
    void stands(long waitingBytes, boolean trains, long trainedTokens) {
        queuedBytes = waitingBytes;
        active = trains;
        tokens = trainedTokens;
    }

    void stepped(long nanos, double rate) {
        stepMs = nanos / 1e6;
        learningRate = rate;
    }

    void reported(RoundReport report) {
        last = Optional.of(report);
        if (report.participation() != Participation.ABSTAINED) {
            round = report.round();
        }
        rounds.computeIfAbsent(report.participation(), none -> new SimpleCounter())
                .inc();
        for (Traffic traffic : report.traffic()) {
            sent.inc(traffic.sent());
            received.inc(traffic.received());
            framing.inc(traffic.framing());
        }
    }
}
