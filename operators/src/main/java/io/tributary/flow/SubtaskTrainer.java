package io.tributary.flow;

import io.tributary.merge.InnerState;
import io.tributary.model.SharedParameters;
import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.record.Downstream;
import io.tributary.record.ParameterGroup;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.SourceId;
import io.tributary.record.Standing;
import io.tributary.record.Tokenized;
import io.tributary.round.Action;
import io.tributary.round.SourceRound;
import io.tributary.round.SubtaskRounds;
import io.tributary.round.Turn;
import io.tributary.vocabulary.SentencePieceModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * The work of one Train subtask, without Flink: batches and shared parameters come in, steps are done one {@link #work} at
 * a time, and what comes of them goes to the {@link Outlet}. Used by one thread.
 */
final class SubtaskTrainer implements AutoCloseable {
    /** The name of the model that all sources train where they train one. */
    private static final String MIXTURE = "mixture";

    private final TrainingSettings settings;
    private final SharedLayout layout;
    private final StepEngine engine;
    private final FreshSources fresh;
    private final SubtaskRounds rounds;
    private final SnapshotShare snapshots;
    private final SnapshotProgress snapshotProgress;
    private final Outlet outlet;
    private final SharedStore store;
    private final Contributions contributions;
    private final RowRequests rowRequests;
    private final Map<SourceId, TrainedSource> sources = new TreeMap<>();
    private final Map<String, SourceModel> models = new TreeMap<>();
    private final Deque<LongConsumer> chores = new ArrayDeque<>();
    private final SampleChores samples;
    private final Standings standings = new Standings();
    private final Appetites appetites;
    private long steps;

    SubtaskTrainer(
            TrainingSettings settings,
            StepEngine engine,
            SnapshotStore snapshotStore,
            InitialValues initial,
            SnapshotProgress snapshotProgress,
            Outlet outlet) {
        this.settings = settings;
        this.layout = settings.layout();
        this.engine = engine;
        this.fresh = new FreshSources(settings, engine, initial);
        this.rounds = new SubtaskRounds(settings.rounds());
        this.snapshots = new SnapshotShare(snapshotStore, layout);
        this.snapshotProgress = snapshotProgress;
        this.outlet = outlet;
        this.store = new SharedStore(engine, layout);
        this.samples = new SampleChores(settings, chores, outlet);
        this.contributions = new Contributions(settings, layout, outlet);
        this.rowRequests = new RowRequests(layout, outlet);
        this.appetites = new Appetites(settings.queueLimitBytes());
    }

    StepEngine engine() {
        return engine;
    }

    SharedLayout layout() {
        return layout;
    }

    SubtaskRounds rounds() {
        return rounds;
    }

    Map<SourceId, TrainedSource> sources() {
        return sources;
    }

    /** By the name that the model has: that of its source, or of the mixture. */
    Map<String, SourceModel> models() {
        return models;
    }

    SnapshotProgress snapshotProgress() {
        return snapshotProgress;
    }

    SharedStore store() {
        return store;
    }

    Standings standings() {
        return standings;
    }

    /** What has become of the text of each source. */
    List<Trained> ledger() {
        return standings.ledger(sources);
    }

    /** All sources that it has heard of, begun or not; one that has gone may come again as another. */
    Set<SourceId> known() {
        Set<SourceId> known = new TreeSet<>(sources.keySet());
        known.addAll(standings.told().keySet());
        rounds.states().forEach(state -> known.add(state.source()));
        known.removeIf(id -> standings.of(id) == Standing.RETIRED && !sources.containsKey(id));
        return known;
    }

    /** Whether a source has a vocabulary, and has had all rows that it holds; before that it has trained nothing. */
    boolean hasBegun(SourceId id) {
        return sources.containsKey(id) && store.hasJoined(id);
    }

    /** Where listed sources stand that have not begun: those that a round has waited for in vain are awaited no more. */
    List<SourceRound> unbegun() {
        return rounds.states().stream()
                .filter(state -> !hasBegun(state.source()))
                .toList();
    }

    /** How many it has done since it was made. */
    long steps() {
        return steps;
    }

    /** What this subtask has said of the round may be lost on the feedback edge, so while it waits it says it again. */
    void repeatAnnouncement() {
        perform(rounds.repeatAnnouncement());
    }

    /** Asks for the rows of all its sources, of which nothing is kept over a restart. */
    void requestRows() {
        sources.values().forEach(rowRequests::all);
    }

    void accept(Tokenized record, long nowMs) {
        if (record instanceof Tokenized.Vocabulary vocabulary) {
            adopt(vocabulary);
        } else if (record instanceof Tokenized.HeldOut heldOut) {
            source(heldOut.source()).heldOut().add(heldOut.blocks());
        } else if (record instanceof Tokenized.Batch batch) {
            source(batch.source()).queue().add(batch);
            if (store.hasJoined(batch.source())) {
                rounds.batchQueued(batch.source(), nowMs);
            }
            look(batch.source());
        } else if (record instanceof Tokenized.Placed placed) {
            place(placed.source(), placed.standing(), nowMs);
        }
    }

    private void place(SourceId id, Standing standing, long nowMs) {
        standings.tell(id, standing);
        perform(standing == Standing.ACTIVE ? rounds.wake(id, nowMs) : rounds.rest(id, nowMs));
        look(id);
    }

    /** Tells the readers which sources have enough waiting, after a start when they know nothing. */
    void announceAppetites() {
        sources.keySet().forEach(this::look);
        standings.told().keySet().forEach(this::look);
    }

    private void look(SourceId id) {
        long waitingBytes = waitingBytes(id);
        boolean active = standings.of(id) == Standing.ACTIVE;
        appetites.look(id, waitingBytes, active, outlet);
        TrainedSource source = sources.get(id);
        if (source != null) {
            source.figures().stands(waitingBytes, active, source.unigrams().tokens());
        }
    }

    private void adopt(Tokenized.Vocabulary vocabulary) {
        SourceId id = vocabulary.source();
        boolean byRows = settings.merging().variant().byRows();
        int pieces = byRows
                ? vocabulary.held().length
                : SentencePieceModel.read(vocabulary.model()).pieces().size();
        Optional<HeldRows> rows = byRows ? Optional.of(heldRows(vocabulary.held())) : Optional.empty();
        String owner = isMixture() ? InitialValues.EVERYONE : id.name();
        SourceModel model = models.computeIfAbsent(
                modelName(id), name -> fresh.make(name, owner, pieces, settings.sequenceLength(id.name())));
        long reportedRound = Math.max(rounds.currentRound(), 0) - 1;
        TrainedSource source =
                new TrainedSource(id, vocabulary.model(), rows, model, new UnigramCounts(pieces), reportedRound);
        sources.put(id, source);
        rows.ifPresent(held -> store.addHolder(id, held, false));
        rowRequests.all(source);
    }

    HeldRows heldRows(int[] held) {
        return new HeldRows(held, layout.tableRows(), layout.rowsOfAShard());
    }

    int sequenceLength(SourceId id) {
        return settings.sequenceLength(id.name());
    }

    String modelName(SourceId id) {
        return isMixture() ? MIXTURE : id.name();
    }

    private TrainedSource source(SourceId id) {
        TrainedSource source = sources.get(id);
        if (source == null) {
            throw new IllegalStateException("Source " + id + " sent tokens before its vocabulary");
        }
        return source;
    }

    /** Whether a source has as much waiting as it may, and work will make room; one that rests is not worked on. */
    boolean mustWait(SourceId id) {
        return waitingBytes(id) >= settings.queueLimitBytes() && standings.of(id) == Standing.ACTIVE && hasWork();
    }

    private long waitingBytes(SourceId id) {
        long batches = sources.containsKey(id) ? source(id).queue().size() : 0;
        return batches * settings.batchTokens(id.name()) * Integer.BYTES;
    }

    void receive(Downstream record, long nowMs) {
        if (record instanceof Downstream.SharedShard shard) {
            if (shard.round() > 0) {
                sources.values().forEach(source -> source.traffic().received(shard));
            }
            store.accept(shard).ifPresent(this::begin);
        } else if (record instanceof Downstream.RowsShard shard) {
            if (shard.round() > 0 && sources.containsKey(shard.source())) {
                source(shard.source()).traffic().received(shard);
            }
            store.accept(shard).ifPresent(this::begin);
        } else if (record instanceof Downstream.Participation participation) {
            perform(rounds.participationHeard(participation.round(), nowMs));
        } else if (record instanceof Downstream.Hold hold) {
            perform(
                    hold.held()
                            ? rounds.hold(nowMs + Downstream.Hold.LAPSES_AFTER.toMillis(), nowMs)
                            : rounds.release(nowMs));
        }
        joinSources(nowMs);
    }

    /** What a source has in its queue counts from the moment that its rows are here. */
    private void joinSources(long nowMs) {
        for (TrainedSource source : sources.values()) {
            if (store.join(source.id())) {
                source.queue().forEach(batch -> rounds.batchQueued(source.id(), nowMs));
            }
        }
    }

    /** A round begins: the one before is judged and, where due, kept, before anything is trained in this one. */
    private void begin(SharedParameters shared) {
        long round = shared.round();
        for (TrainedSource source : sources.values()) {
            if (isInside(source) && source.base().isEmpty()) {
                resume(source, shared);
            }
            if (source.reportedRound() < round - 1 && store.hasJoined(source.id())) {
                chores.add(nowMs -> outlet.report(source.report(round - 1, shared, settings)));
                samples.add(source, shared);
            }
        }
        boolean last = round == settings.rounds().maxRounds();
        if (round > 0 && (last || round % settings.snapshotEvery() == 0)) {
            chores.add(nowMs -> writeSnapshot(shared));
        }
        // Last, so that the round's clock does not run before, and the subtask cannot close a round with chores undone.
        chores.add(nowMs -> {
            perform(rounds.bodyArrived(round, nowMs));
            freeShared();
        });
    }

    private boolean isInside(TrainedSource source) {
        return rounds.knows(source.id()) && rounds.state(source.id()).inside();
    }

    /** After a restart: the parameters that the work in this round started from have come back. */
    private void resume(TrainedSource source, SharedParameters shared) {
        long baseRound = rounds.state(source.id()).baseRound();
        if (baseRound != shared.round()) {
            throw new IllegalStateException(
                    "Source %s was inside a round that started from body %d, but the body that came back is %d: body and sources are not of the same checkpoint"
                            .formatted(source.id(), baseRound, shared.round()));
        }
        source.resume(shared);
    }

    private void writeSnapshot(SharedParameters shared) {
        List<TrainedSource> joined = sources.values().stream()
                .filter(source -> store.hasJoined(source.id()))
                .toList();
        for (SnapshotProgress.Range due : snapshotProgress.due(shared.round())) {
            try {
                outlet.snapshot(snapshots.write(shared, due, joined));
            } catch (IOException e) {
                throw new UncheckedIOException(
                        "The snapshot of round %d could not be written: check the space and the rights of its folder"
                                .formatted(shared.round()),
                        e);
            }
        }
        snapshotProgress.done(shared.round());
        List.copyOf(sources.values()).stream()
                .filter(source -> standings.of(source.id()) == Standing.RETIRED && isIn(shared.round(), source))
                .forEach(this::release);
    }

    /**
     * Whether all that a source has trained is in the snapshot of a round. After a restart the body of a round may come
     * back that the source has contributed to already: what it learnt there is in the next snapshot.
     */
    private boolean isIn(long round, TrainedSource source) {
        return !isInside(source)
                && (!rounds.knows(source.id()) || rounds.state(source.id()).lastContributedRound() < round);
    }

    /** A source that has retired is in a snapshot with all that it has learnt, and goes. */
    private void release(TrainedSource source) {
        SourceId id = source.id();
        standings.release(source);
        rowRequests.none(source);
        sources.remove(id);
        store.removeHolder(id);
        rounds.forget(id);
        if (!isMixture()) {
            source.model().close();
            models.remove(modelName(id));
        }
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
            begin(source, currentShared());
        }
        long globalStep = turn.baseRound() * settings.rounds().localSteps() + stepsOfTheRound(source);
        Tokenized.Batch trained = source.step(settings.learningRate().at(globalStep));
        steps++;
        boolean ends = trained.grown().length > 0;
        perform(rounds.stepDone(turn, trained.blocks().targets(), ends, nowMs));
        look(source.id());
    }

    /** One schedule over the sequential steps of a model; a round does not restart it. */
    private long stepsOfTheRound(TrainedSource source) {
        if (!isMixture()) {
            return source.tally().steps()
                    * settings.rounds().localSteps()
                    / settings.rounds().steps(source.id());
        }
        return sources.values().stream()
                .mapToLong(each -> each.tally().steps() + each.closedSteps(rounds.currentRound()))
                .sum();
    }

    private void begin(TrainedSource source, SharedParameters shared) {
        SourceModel model = source.model();
        int epoch = settings.merging().epoch(shared.round());
        source.begin(shared, epoch == source.epoch() ? epoch : newEpoch(source, epoch));
        if (isMixture() && model.inRound()) {
            return;
        }
        if (settings.merging().innerState() instanceof InnerState.Reset) {
            model.resetMoments();
        }
        model.begin(shared, source.countedIn(shared.round() - 1));
    }

    /** Token embeddings begin anew with zero moments: the source's own here, shared ones in the outer step. */
    private int newEpoch(TrainedSource source, int epoch) {
        source.model().resetTokenMoments();
        if (!settings.merging().variant().shared().contains(ParameterGroup.TOKENS)) {
            source.model().redrawTokens(settings.seed(), epoch);
        }
        return epoch;
    }

    /** Then sources take turns on one model, whose round never ends. */
    private boolean isMixture() {
        return settings.merging().variant().mixture();
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
        SharedParameters base = source.base()
                .orElseThrow(() -> new IllegalStateException("Source " + source.id() + " is not inside a round"));
        boolean counts = contributions.send(source, base, contribution);
        int[] growth = source.growth();
        source.close(contribution.round(), counts ? contribution.kind() : Participation.REJECTED);
        if (!isMixture()) {
            source.model().end();
        }
        if (growth.length > 0) {
            grow(source, growth, contribution.round() + 1);
        }
        freeShared();
    }

    private void grow(TrainedSource source, int[] growth, long fromRound) {
        source.rows().ifPresent(rows -> {
            rows.grow(growth);
            source.model().grow(rows.size());
            source.unigrams().grow(rows.size());
            rowRequests.grown(source, growth, fromRound);
        });
    }

    private void freeShared() {
        store.keepOnly(sources.values().stream()
                .flatMap(source -> source.base().stream())
                .toList());
    }

    private SharedParameters currentShared() {
        return store.current().orElseThrow(() -> new IllegalStateException("There is no body to train on yet"));
    }

    /** Takes back a source that a checkpoint held; without a state if it had not joined yet. */
    void restore(TrainedSource source, Optional<SourceRound> state) {
        state.ifPresent(round -> rounds.restore(round, source.queue().size()));
        sources.put(source.id(), source);
        source.rows().ifPresent(rows -> store.addHolder(source.id(), rows, state.isPresent()));
    }

    /** Takes back what a source has been told; before the first body. */
    void restore(SourceId id, Standing standing) {
        standings.restore(id, standing);
        perform(rounds.rest(id, 0));
    }

    @Override
    public void close() {
        models.values().forEach(SourceModel::close);
        store.close();
        engine.close();
    }
}
