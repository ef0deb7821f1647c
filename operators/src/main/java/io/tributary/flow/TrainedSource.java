package io.tributary.flow;

import io.tributary.model.Body;
import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.model.StepResult;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.SourceId;
import io.tributary.record.TokenBlocks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that a Train subtask holds of one source: its parameters, its queue, its held-out text, its counts. */
final class TrainedSource implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrainedSource.class);

    private final SourceId id;
    private final byte[] vocabulary;
    private final SourceModel model;
    private final UnigramCounts unigrams;
    private final Deque<TokenBlocks> queue = new ArrayDeque<>();
    private final List<TokenBlocks> heldOut = new ArrayList<>();
    private RoundTally tally = new RoundTally();
    private Optional<Body> base = Optional.empty();
    private Optional<Closed> closed = Optional.empty();
    private long reportedRound;

    /** How the source took part in the last round that it closed. */
    record Closed(long round, Participation participation, RoundTally tally) {}

    /** @param reportedRound no report is due for this round or an earlier one */
    TrainedSource(SourceId id, byte[] vocabulary, SourceModel model, UnigramCounts unigrams, long reportedRound) {
        this.id = id;
        this.vocabulary = vocabulary;
        this.model = model;
        this.unigrams = unigrams;
        this.reportedRound = reportedRound;
    }

    SourceId id() {
        return id;
    }

    byte[] vocabulary() {
        return vocabulary;
    }

    SourceModel model() {
        return model;
    }

    UnigramCounts unigrams() {
        return unigrams;
    }

    Deque<TokenBlocks> queue() {
        return queue;
    }

    List<TokenBlocks> heldOut() {
        return heldOut;
    }

    RoundTally tally() {
        return tally;
    }

    Optional<Body> base() {
        return base;
    }

    Optional<Closed> closed() {
        return closed;
    }

    long reportedRound() {
        return reportedRound;
    }

    /** Continues what a checkpoint held. The base body of work on the current round comes later, with the body. */
    void restore(RoundTally tally, Optional<Closed> closed, Optional<Body> base) {
        this.tally = tally;
        this.closed = closed;
        this.base = base;
    }

    void begin(Body body) {
        model.begin(body);
        base = Optional.of(body);
        tally = new RoundTally();
    }

    /** The body that the work in this round started from has come back after a restart. */
    void resume(Body body) {
        base = Optional.of(body);
    }

    /** One training step on the queue's first batch. */
    TokenBlocks step(double learningRate) {
        TokenBlocks batch = queue.remove();
        long start = System.nanoTime();
        StepResult result = model.step(batch.tokensBT1(), batch.rows(), learningRate);
        tally.step(batch.targets(), batch.bytes(), System.nanoTime() - start, result);
        if (!result.applied()) {
            LOG.warn("Source {}: a step changed nothing, its gradient norm is {}", id, result.gradientNorm());
        }
        unigrams.add(batch);
        return batch;
    }

    void close(long round, Participation participation) {
        closed = Optional.of(new Closed(round, participation, tally));
        tally = new RoundTally();
        base = Optional.empty();
        model.end();
    }

    /** The report of a round that has ended, judged with the body that came out of it. */
    RoundReport report(long round, Body merged, StepEngine engine, int batchRows) {
        reportedRound = round;
        Optional<Closed> took = closed.filter(c -> c.round() == round);
        RoundTally done = took.map(Closed::tally).orElseGet(RoundTally::new);
        return new RoundReport(
                round,
                id.name(),
                took.map(Closed::participation).orElse(Participation.ABSTAINED),
                done.steps(),
                done.tokens(),
                done.bytes(),
                unigrams.tokens(),
                done.meanLoss(),
                validationBitsPerByte(merged, batchRows),
                unigrams.bitsPerByte(),
                model.pieces(),
                done.tokensPerSecond(),
                queue.size());
    }

    /** Total nats / ln 2 / bytes over the held-out rows, a batch of rows at a time; NaN without any. */
    private double validationBitsPerByte(Body merged, int batchRows) {
        double nats = 0;
        long bytes = 0;
        for (int from = 0; from < heldOut.size(); from += batchRows) {
            List<TokenBlocks> rows = heldOut.subList(from, Math.min(from + batchRows, heldOut.size()));
            int[] tokensBT1 = rows.stream()
                    .flatMapToInt(row -> Arrays.stream(row.tokensBT1()))
                    .toArray();
            nats += model.evaluate(merged, tokensBT1, rows.size());
            bytes += rows.stream().mapToLong(TokenBlocks::bytes).sum();
        }
        return bytes == 0 ? Double.NaN : nats / Math.log(2) / bytes;
    }

    @Override
    public void close() {
        model.close();
    }
}
