package io.tributary.flow;

import io.tributary.model.SharedParameters;
import io.tributary.model.SourceModel;
import io.tributary.model.StepResult;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.SourceId;
import io.tributary.record.Standing;
import io.tributary.record.TokenBlocks;
import io.tributary.record.Tokenized;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that a Train subtask holds of one source: its model, its queue, its held-out text, its counts. */
final class TrainedSource {
    private static final Logger LOG = LoggerFactory.getLogger(TrainedSource.class);

    private final SourceId id;
    private final byte[] vocabulary;
    private final Optional<HeldRows> rows;
    private final SourceModel model;
    private final UnigramCounts unigrams;
    private final TrafficCount traffic = new TrafficCount();
    private final SourceFigures figures = new SourceFigures();
    private final Deque<Tokenized.Batch> queue = new ArrayDeque<>();
    private final List<TokenBlocks> heldOut = new ArrayList<>();
    private RoundTally tally = new RoundTally();
    private Optional<SharedParameters> base = Optional.empty();
    private Optional<Closed> closed = Optional.empty();
    private int[] growth = new int[0];
    private int epoch;
    private long reportedRound;

    /** How the source took part in the last round that it closed. */
    record Closed(long round, Participation participation, RoundTally tally) {}

    /**
     * @param rows those that it holds of the shared token embedding, if it does not hold all
     * @param model its own, or one that it shares with other sources
     * @param reportedRound no report is due for this round or an earlier one
     */
    TrainedSource(
            SourceId id,
            byte[] vocabulary,
            Optional<HeldRows> rows,
            SourceModel model,
            UnigramCounts unigrams,
            long reportedRound) {
        this.id = id;
        this.vocabulary = vocabulary;
        this.rows = rows;
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

    Optional<HeldRows> rows() {
        return rows;
    }

    SourceModel model() {
        return model;
    }

    UnigramCounts unigrams() {
        return unigrams;
    }

    TrafficCount traffic() {
        return traffic;
    }

    SourceFigures figures() {
        return figures;
    }

    Deque<Tokenized.Batch> queue() {
        return queue;
    }

    List<TokenBlocks> heldOut() {
        return heldOut;
    }

    RoundTally tally() {
        return tally;
    }

    Optional<SharedParameters> base() {
        return base;
    }

    Optional<Closed> closed() {
        return closed;
    }

    /** Steps of the last round that it closed, if it is this one. */
    long closedSteps(long round) {
        return closed.filter(c -> c.round() == round)
                .map(c -> c.tally().steps())
                .orElse(0L);
    }

    /** Whether its work is in the mean of a round: then merged moments are of its own making, too. */
    boolean countedIn(long round) {
        return closed.filter(c -> c.round() == round && c.participation() != Participation.REJECTED)
                .isPresent();
    }

    /** Rows that it holds from its next round on; only within a round that has come to its end. */
    int[] growth() {
        return growth;
    }

    /** How often its token embeddings have begun anew. */
    int epoch() {
        return epoch;
    }

    long reportedRound() {
        return reportedRound;
    }

    /** Continues what a checkpoint held. The base of work on the current round comes later, with its parameters. */
    void restore(RoundTally tally, Optional<Closed> closed, Optional<SharedParameters> base, int[] growth, int epoch) {
        this.tally = tally;
        this.closed = closed;
        this.base = base;
        this.growth = growth;
        this.epoch = epoch;
    }

    /** Begins a round, from these parameters; what its model shares has been seen to. */
    void begin(SharedParameters shared, int newEpoch) {
        base = Optional.of(shared);
        epoch = newEpoch;
        tally = new RoundTally();
    }

    /** The parameters that the work in this round started from have come back after a restart. */
    void resume(SharedParameters shared) {
        base = Optional.of(shared);
    }

    /** One training step on the queue's first batch. */
    Tokenized.Batch step(double learningRate) {
        Tokenized.Batch batch = queue.remove();
        TokenBlocks blocks = batch.blocks();
        long start = System.nanoTime();
        StepResult result = model.step(blocks.tokensBT1(), blocks.rows(), learningRate);
        long nanos = System.nanoTime() - start;
        tally.step(blocks.targets(), blocks.bytes(), nanos, result);
        figures.stepped(nanos, learningRate);
        if (!result.applied()) {
            LOG.warn("Source {}: a step changed nothing, its gradient norm is {}", id, result.gradientNorm());
        }
        unigrams.add(blocks);
        growth = batch.grown();
        return batch;
    }

    /** Its side of the ledger. */
    Trained trained(Standing standing) {
        long queuedTokens =
                queue.stream().mapToLong(batch -> batch.blocks().targets()).sum();
        long queuedBytes =
                queue.stream().mapToLong(batch -> batch.blocks().bytes()).sum();
        return new Trained(id, standing, unigrams.tokens(), unigrams.bytes(), queuedTokens, queuedBytes);
    }

    /** Its round is over; what has become of the model is seen to by the caller. */
    void close(long round, Participation participation) {
        closed = Optional.of(new Closed(round, participation, tally));
        tally = new RoundTally();
        base = Optional.empty();
        growth = new int[0];
    }

    /** The report of a round that has ended, judged with the parameters that came out of it. */
    RoundReport report(long round, SharedParameters merged, TrainingSettings settings) {
        reportedRound = round;
        Optional<Closed> took = closed.filter(c -> c.round() == round);
        RoundTally done = took.map(Closed::tally).orElseGet(RoundTally::new);
        RoundReport report = new RoundReport(
                round,
                id.name(),
                took.map(Closed::participation).orElse(Participation.ABSTAINED),
                done.steps(),
                done.tokens(),
                done.bytes(),
                unigrams.tokens(),
                done.meanLoss(),
                Validation.bitsPerByte(model, merged, heldOut, settings.batchRows()),
                unigrams.bitsPerByte(),
                unigrams.vocabularySize(),
                done.tokensPerSecond(),
                settings.shape().flopsPerToken(model.pieces(), model.sequenceLength()),
                queue.size(),
                traffic.take());
        figures.reported(report);
        return report;
    }
}
