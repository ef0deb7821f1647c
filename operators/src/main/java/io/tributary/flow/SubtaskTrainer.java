package io.tributary.flow;

import io.tributary.merge.Sharding;
import io.tributary.model.Body;
import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.record.Downstream;
import io.tributary.record.ParameterGroup;
import io.tributary.record.ShardId;
import io.tributary.record.ShardUpdate;
import io.tributary.record.SnapshotPart;
import io.tributary.record.SourceId;
import io.tributary.record.TokenBlocks;
import io.tributary.record.Tokenized;
import io.tributary.round.Action;
import io.tributary.round.SourceRound;
import io.tributary.round.SubtaskRounds;
import io.tributary.round.Turn;
import io.tributary.vocabulary.SentencePieceModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * The work of one Train subtask, without Flink: batches and bodies come in, steps are done one {@link #work} at a time,
 * and what comes of them goes to the {@link Outlet}. Used by one thread.
 */
final class SubtaskTrainer implements AutoCloseable {
    private final TrainingSettings settings;
    private final Sharding sharding;
    private final StepEngine engine;
    private final SubtaskRounds rounds;
    private final SnapshotStore snapshots;
    private final SnapshotProgress snapshotProgress;
    private final Outlet outlet;
    private final Bodies bodies;
    private final Map<SourceId, TrainedSource> sources = new TreeMap<>();
    private final Deque<LongConsumer> chores = new ArrayDeque<>();

    SubtaskTrainer(
            TrainingSettings settings,
            StepEngine engine,
            SnapshotStore snapshots,
            SnapshotProgress snapshotProgress,
            Outlet outlet) {
        this.settings = settings;
        this.sharding = settings.sharding();
        this.engine = engine;
        this.rounds = new SubtaskRounds(settings.rounds());
        this.snapshots = snapshots;
        this.snapshotProgress = snapshotProgress;
        this.outlet = outlet;
        this.bodies = new Bodies(engine, sharding);
    }

    StepEngine engine() {
        return engine;
    }

    Sharding sharding() {
        return sharding;
    }

    SubtaskRounds rounds() {
        return rounds;
    }

    Map<SourceId, TrainedSource> sources() {
        return sources;
    }

    SnapshotProgress snapshotProgress() {
        return snapshotProgress;
    }

    Bodies bodies() {
        return bodies;
    }

    /** What this subtask has said of the round may be lost on the feedback edge, so while it waits it says it again. */
    void repeatAnnouncement() {
        perform(rounds.repeatAnnouncement());
    }

    void accept(Tokenized record, long nowMs) {
        if (record instanceof Tokenized.Vocabulary vocabulary) {
            SourceId id = vocabulary.source();
            int pieces = SentencePieceModel.read(vocabulary.model()).pieces().size();
            SourceModel model = engine.newSource(id.name(), pieces, settings.seed());
            long reportedRound = Math.max(rounds.currentRound(), 0) - 1;
            sources.put(id, new TrainedSource(id, vocabulary.model(), model, new UnigramCounts(pieces), reportedRound));
        } else if (record instanceof Tokenized.HeldOut heldOut) {
            source(heldOut.source()).heldOut().add(heldOut.blocks());
        } else if (record instanceof Tokenized.Batch batch) {
            source(batch.source()).queue().add(batch.blocks());
            rounds.batchQueued(batch.source(), nowMs);
        }
    }

    private TrainedSource source(SourceId id) {
        TrainedSource source = sources.get(id);
        if (source == null) {
            throw new IllegalStateException("Source " + id + " sent tokens before its vocabulary");
        }
        return source;
    }

    /** Whether a source has as much waiting as it may. */
    boolean queueIsFull(SourceId id) {
        long waiting = sources.containsKey(id) ? source(id).queue().size() : 0;
        return waiting * settings.batchTokens() * Integer.BYTES >= settings.queueLimitBytes();
    }

    void receive(Downstream record, long nowMs) {
        if (record instanceof Downstream.BodyShard shard) {
            bodies.accept(shard).ifPresent(this::begin);
        } else if (record instanceof Downstream.Participation participation) {
            perform(rounds.participationHeard(participation.round(), nowMs));
        }
    }

    /** A round begins: the one before is judged and, where due, kept, before anything is trained in this one. */
    private void begin(Body body) {
        long round = body.round();
        for (TrainedSource source : sources.values()) {
            if (source.model().inRound() && source.base().isEmpty()) {
                resume(source, body);
            }
            if (source.reportedRound() < round - 1) {
                chores.add(nowMs -> outlet.report(source.report(round - 1, body, engine, settings.batchRows())));
            }
        }
        boolean last = round == settings.rounds().maxRounds();
        if (round > 0 && (last || round % settings.snapshotEvery() == 0)) {
            chores.add(nowMs -> writeSnapshot(body));
        }
        // Last, so that the round's clock does not run before, and the subtask cannot close a round with chores undone.
        chores.add(nowMs -> {
            perform(rounds.bodyArrived(round, nowMs));
            freeBodies();
        });
    }

    /** After a restart: the body that the work in this round started from has come back. */
    private void resume(TrainedSource source, Body body) {
        long baseRound = rounds.state(source.id()).baseRound();
        if (baseRound != body.round()) {
            throw new IllegalStateException(
                    "Source %s was inside a round that started from body %d, but the body that came back is %d: body and sources are not of the same checkpoint"
                            .formatted(source.id(), baseRound, body.round()));
        }
        source.resume(body);
    }

    private void writeSnapshot(Body body) {
        for (SnapshotProgress.Range due : snapshotProgress.due(body.round())) {
            try {
                List<SnapshotPart.File> files = new ArrayList<>();
                if (due.first() == 0) {
                    files.addAll(snapshots.writeBody(settings.shape(), body));
                }
                for (TrainedSource source : sources.values()) {
                    if (due.holds(source.id())) {
                        files.addAll(snapshots.writeSource(
                                body.round(),
                                settings.shape(),
                                source.id().name(),
                                source.model(),
                                source.vocabulary()));
                    }
                }
                outlet.snapshot(new SnapshotPart(body.round(), due.first(), due.last(), files));
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "The snapshot of round %d could not be written: check the space and the rights of its folder"
                                .formatted(body.round()),
                        e);
            }
        }
        snapshotProgress.done(body.round());
    }

    void deadline(long nowMs) {
        perform(rounds.timeout(nowMs));
    }

    boolean hasWork() {
        return !chores.isEmpty() || rounds.nextTurn().isPresent();
    }

    /** One chore or one training step: what fits between two looks at the mailbox. */
    void work(long nowMs) {
        LongConsumer chore = chores.poll();
        if (chore != null) {
            chore.accept(nowMs);
            return;
        }
        rounds.nextTurn().ifPresent(turn -> train(turn, nowMs));
    }

    private void train(Turn turn, long nowMs) {
        TrainedSource source = source(turn.source());
        if (turn.begins()) {
            source.begin(currentBody());
        }
        // One schedule over the global sequential steps; a round does not restart it.
        long globalStep = turn.baseRound() * settings.rounds().localSteps()
                + source.tally().steps();
        TokenBlocks trained = source.step(settings.learningRate().at(globalStep));
        perform(rounds.stepDone(turn, trained.targets(), nowMs));
    }

    private void perform(List<Action> actions) {
        for (Action action : actions) {
            if (action instanceof Action.Contribute contribution) {
                contribute(source(contribution.source()), contribution);
            } else if (action instanceof Action.Announce announce) {
                outlet.announce(announce.round());
            } else if (action instanceof Action.CloseRound closeRound) {
                outlet.closeRound(closeRound.round());
            }
        }
    }

    private void contribute(TrainedSource source, Action.Contribute contribution) {
        Body base = baseOf(source);
        double fullRound = (double) settings.rounds().localSteps() * settings.batchTokens();
        for (int index = 0; index < sharding.count(); index++) {
            float[] delta = new float[sharding.length(index)];
            source.model().delta(base, sharding.start(index), delta);
            outlet.update(new ShardUpdate(
                    new ShardId(ParameterGroup.BODY, index),
                    source.id(),
                    contribution.round(),
                    base.round(),
                    contribution.tokens() / fullRound,
                    delta));
        }
        source.close(contribution.round(), contribution.kind());
        freeBodies();
    }

    private void freeBodies() {
        bodies.keepOnly(sources.values().stream()
                .flatMap(source -> source.base().stream())
                .toList());
    }

    private Body currentBody() {
        return bodies.current().orElseThrow(() -> new IllegalStateException("There is no body to train on yet"));
    }

    /** Takes back a source that a checkpoint held. */
    void restore(TrainedSource source, SourceRound state) {
        rounds.restore(state, source.queue().size());
        sources.put(source.id(), source);
    }

    private static Body baseOf(TrainedSource source) {
        return source.base()
                .orElseThrow(() -> new IllegalStateException("Source " + source.id() + " is not inside a round"));
    }

    @Override
    public void close() {
        sources.values().forEach(TrainedSource::close);
        bodies.close();
        engine.close();
    }
}
