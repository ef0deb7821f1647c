package io.tributary.round;

import static io.tributary.round.SourceRound.NONE;

import io.tributary.record.SourceId;
import io.tributary.round.Action.Abstain;
import io.tributary.round.Action.Announce;
import io.tributary.round.Action.CloseRound;
import io.tributary.round.Action.Contribute;
import io.tributary.round.SourceRound.Status;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rounds of one Train subtask: which source trains next, what it contributes to which round, and when the subtask
 * closes a round. It has no clock and no thread of its own; events go in, actions come out.
 *
 * <p><b>Closing.</b> Every subtask closes every round, once and in order, so the barrier is the same for every shard. It
 * closes when it awaits no source any more and the round is sure to have a contribution: one of its own, or one that
 * another subtask has announced. Without the second condition all subtasks could close a round that nobody contributes
 * to; no window would fire, and all would wait for its body forever.
 *
 * <p><b>Deadline.</b> It runs while sources are awaited. When it passes, those with a step contribute what they have, the
 * others go dormant. If that leaves the round without a sure contribution, the subtask stays open without a deadline; a
 * source that wakes may still begin in the round and starts the deadline afresh, since nobody is waiting yet.
 *
 * <p><b>Sampling.</b> A source that is not chosen for a round neither trains in it nor is awaited. Were that all, a round
 * whose chosen sources have no data would stay open forever although others have some. So a source that is not chosen
 * but has batches keeps the deadline running until the round is sure to have a contribution; if the deadline passes
 * before that, the round opens to all sources of this subtask. A source that has begun goes on as if it were chosen.
 *
 * <p><b>Late work.</b> A source that gets a batch after its subtask has closed round r, and that has no part in r, starts
 * from body r at once and counts in r + 1. Its contribution waits for body r + 1 even if its steps are done before. So
 * every contribution carries the current round of a subtask that has not closed it; the barrier cannot have passed, the
 * window cannot have fired, and no contribution is ever too late. With sampling, both draws must choose the source: that
 * of r + 1, where it counts, and that of r. One that r left out has missed nothing and waits for the newer body; if it
 * did not, the clock would say which of the two bodies it starts from, in a run without any timeout.
 *
 * <p>Waiting has one more reason. Announcements do not pass through checkpoints: a subtask may close r on hearing of a
 * step that, after a restore, has not been taken yet. Were late work then in the window of r + 1 already, its source
 * could not count in r, and round r might remain without contributions. As it is, the restore gives late work back to
 * round r.
 *
 * <p><b>Rest.</b> A source that rests contributes what it has trained in its round and takes part in no other until it is
 * woken. Whether it rests is kept by the caller, beside what {@link #state} gives.
 *
 * <p><b>Hold.</b> While this subtask is held it begins no round that nobody has begun. One subtask may hear of it in a
 * round that another has begun already; it then hears of that step too, as every subtask does, and takes part in this
 * round. So all come to rest at the border of one round, at the latest of the next. A hold lapses unless it is repeated,
 * and a restart forgets it: whoever asks for it may die, and nobody's order may stop the job for good. A subtask whose
 * hold lapses first begins the round and says so, which takes the others along.
 *
 * <p><b>Restore.</b> Only {@link SourceRound}s are kept. Watermarks and announcements are said again when the body
 * arrives. That body is at most one round ahead of what the sources saw. That a round was opened is forgotten. If a
 * source has taken a step in it, it is inside or has contributed, either way the round is sure again and the source
 * counts once, chosen or not. If none has, the deadline passes and opens the round once more.
 */
public final class SubtaskRounds {
    private final RoundRules rules;
    private final NavigableMap<SourceId, SourceRound> sources = new TreeMap<>();
    private final Map<SourceId, Integer> queued = new HashMap<>();
    private long current = NONE;
    private long closed = NONE;
    private long announced = NONE;
    private long participation = NONE;
    private long opened = NONE;
    private final Set<SourceId> resting = new HashSet<>();
    private OptionalLong heldUntilMs = OptionalLong.empty();
    private OptionalLong deadlineMs = OptionalLong.empty();
    private @Nullable SourceId lastTrained;

    public SubtaskRounds(RoundRules rules) {
        this.rules = rules;
    }

    /** A configured source of this subtask: awaited in its first round, unless it is known already. */
    public void expect(SourceId source) {
        requireNoBody(source);
        sources.putIfAbsent(source, SourceRound.fresh(source));
    }

    /** A source as {@link #state} gave it to a checkpoint, with the batches that were queued beside it. */
    public void restore(SourceRound state, int queuedBatches) {
        requireNoBody(state.source());
        if (queuedBatches < 0 || sources.put(state.source(), state) != null) {
            throw new IllegalStateException("%s is restored twice or with %d queued batches: the state is damaged"
                    .formatted(state.source(), queuedBatches));
        }
        queued.put(state.source(), queuedBatches);
    }

    /** The newest round whose body is complete here, or {@link SourceRound#NONE}. */
    public long currentRound() {
        return current;
    }

    /** Whether this subtask has closed its round and waits for the next body. */
    public boolean waitsForBody() {
        return current == NONE || closed == current;
    }

    /** When {@link #timeout} is due, by the caller's clock: for the round, or for the end of a hold. */
    public OptionalLong deadlineMs() {
        return LongStream.concat(deadlineMs.stream(), heldUntilMs.stream()).min();
    }

    /** Whether this subtask has heard of a source: it was expected, restored, or had a batch. */
    public boolean knows(SourceId source) {
        return sources.containsKey(source);
    }

    /** Where all known sources stand. */
    public List<SourceRound> states() {
        return List.copyOf(sources.values());
    }

    /** Where a known source stands. */
    public SourceRound state(SourceId source) {
        SourceRound state = sources.get(source);
        if (state == null) {
            throw new IllegalArgumentException("The source " + source + " is not known to this subtask");
        }
        return state;
    }

    /**
     * All shards of a body are here. A body that was here already is ignored.
     *
     * @throws IllegalStateException if the body is newer than rounds that this subtask has not closed
     */
    public List<Action> bodyArrived(long round, long nowMs) {
        if (round <= current) {
            return List.of();
        }
        if (current != NONE && (round > current + 1 || closed < current)) {
            throw new IllegalStateException("Body %d arrived, but this subtask is in round %d and has closed %d: "
                            .formatted(round, current, closed)
                    + "a round was merged without waiting for all subtasks");
        }
        current = round;
        closed = round - 1;
        sources.replaceAll((source, state) -> {
            SourceRound next = state.atBody(round);
            return hasBatch(source) ? next.withStatus(Status.ACTIVE) : next;
        });
        return settle(nowMs);
    }

    /** Some subtask has announced that this round will have a contribution; possibly before its body is here. */
    public List<Action> participationHeard(long round, long nowMs) {
        participation = Math.max(participation, round);
        return settle(nowMs);
    }

    /** The source contributes what it has trained, and takes no part until it is woken; it need not be known. */
    public List<Action> rest(SourceId source, long nowMs) {
        resting.add(source);
        sources.computeIfPresent(source, (id, state) -> state.ending());
        return settle(nowMs);
    }

    /** The source takes part again. */
    public List<Action> wake(SourceId source, long nowMs) {
        if (resting.remove(source) && hasBatch(source)) {
            sources.computeIfPresent(source, (id, state) -> state.withStatus(Status.ACTIVE));
        }
        return settle(nowMs);
    }

    /**
     * Forgets a source that has gone.
     *
     * @throws IllegalStateException if it is inside a round
     */
    public void forget(SourceId source) {
        if (sources.containsKey(source) && state(source).inside()) {
            throw new IllegalStateException("%s is inside a round, and must contribute first".formatted(state(source)));
        }
        sources.remove(source);
        queued.remove(source);
    }

    /**
     * Begins no round that nobody has begun.
     *
     * @param untilMs when it goes on by itself, unless it is held again before
     */
    public List<Action> hold(long untilMs, long nowMs) {
        heldUntilMs = OptionalLong.of(untilMs);
        return settle(nowMs);
    }

    /** Goes on, if it was held. */
    public List<Action> release(long nowMs) {
        heldUntilMs = OptionalLong.empty();
        return settle(nowMs);
    }

    /** The round at whose border this subtask rests because it is held; nothing of that round has begun here. */
    public OptionalLong border() {
        return held() && current != NONE && closed < current && !sure()
                ? OptionalLong.of(current)
                : OptionalLong.empty();
    }

    /** A batch has joined the queue of a source, which may be new. */
    public void batchQueued(SourceId source, long nowMs) {
        queued.merge(source, 1, Integer::sum);
        sources.merge(source, SourceRound.fresh(source), (known, fresh) -> known.withStatus(Status.ACTIVE));
        armDeadline(nowMs);
    }

    /** Whose batch to train next; sources that can train take turns. */
    public Optional<Turn> nextTurn() {
        if (rules.inTurns()) {
            return fixedTurn();
        }
        Stream<SourceRound> order = lastTrained == null
                ? sources.values().stream()
                : Stream.concat(
                        sources.tailMap(lastTrained, false).values().stream(),
                        sources.headMap(lastTrained, true).values().stream());
        return order.flatMap(state -> turnOf(state).stream()).findFirst();
    }

    /** The awaited source whose next step has its middle first; there is no late work beside it. */
    private Optional<Turn> fixedTurn() {
        if (!open()) {
            return Optional.empty();
        }
        return sources.values().stream()
                .filter(this::awaited)
                .min(Comparator.comparingDouble(state -> (state.steps() + 0.5) / rules.steps(state.source())))
                .flatMap(this::turnOf);
    }

    /**
     * The step of a turn is done, with {@code tokens} trained.
     *
     * @param ends whether the source cannot go on in this round: it contributes what it has as after its last step
     * @throws IllegalStateException if an event since {@link #nextTurn} has changed what the step counts for
     */
    public List<Action> stepDone(Turn turn, long tokens, boolean ends, long nowMs) {
        SourceId source = turn.source();
        if (!turnOf(state(source)).equals(Optional.of(turn))) {
            throw new IllegalStateException(
                    "%s is no turn of now: take and finish a turn without events in between".formatted(turn));
        }
        lastTrained = source;
        queued.merge(source, -1, Integer::sum);
        sources.put(source, state(source).stepped(turn, tokens, ends));
        return settle(nowMs);
    }

    /** Time has come to {@code nowMs}; before the deadline nothing happens. */
    public List<Action> timeout(long nowMs) {
        List<Action> actions = new ArrayList<>();
        if (isDue(heldUntilMs, nowMs)) {
            actions.addAll(release(nowMs));
        }
        if (!isDue(deadlineMs, nowMs)) {
            return actions;
        }
        deadlineMs = OptionalLong.empty();
        for (SourceRound state : List.copyOf(sources.values())) {
            if (state.inside()) {
                contribute(state, actions);
            } else if (awaited(state)) {
                sources.put(state.source(), state.withStatus(Status.DORMANT));
            }
        }
        if (!sure()) {
            opened = current;
        }
        actions.addAll(settle(nowMs));
        return actions;
    }

    /**
     * The announcement of the current round once more, if this subtask has a part in it. To be asked for while the next
     * body is overdue: the hand-over may have lost the first.
     */
    public List<Action> repeatAnnouncement() {
        return current < rules.maxRounds() && participates() ? List.of(new Announce(current)) : List.of();
    }

    private List<Action> settle(long nowMs) {
        List<Action> actions = new ArrayList<>();
        if (!open()) {
            return actions;
        }
        if (announced < current && participates()) {
            announced = current;
            actions.add(new Announce(current));
        }
        for (SourceRound state : List.copyOf(sources.values())) {
            if (state.done(rules.steps(state.source()))) {
                contribute(state, actions);
            }
        }
        armDeadline(nowMs);
        if (deadlineMs.isEmpty() && sure()) {
            close(actions);
        }
        return actions;
    }

    private void contribute(SourceRound state, List<Action> actions) {
        actions.add(new Contribute(
                state.source(),
                state.round(),
                state.baseRound(),
                state.steps(),
                state.tokens(),
                state.kind(rules.steps(state.source()))));
        sources.put(state.source(), state.contributed());
    }

    private void close(List<Action> actions) {
        for (SourceRound state : sources.values()) {
            if (state.lastContributedRound() < current) {
                actions.add(new Abstain(state.source(), current));
            }
        }
        actions.add(new CloseRound(current));
        closed = current;
    }

    /** The deadline runs exactly while the round is open and sources are awaited. */
    private void armDeadline(long nowMs) {
        if (!open() || border().isPresent() || sources.values().stream().noneMatch(this::awaited)) {
            deadlineMs = OptionalLong.empty();
        } else if (deadlineMs.isEmpty()) {
            deadlineMs = OptionalLong.of(nowMs + rules.timeoutMs());
        }
    }

    private Optional<Turn> turnOf(SourceRound state) {
        if (current == NONE || !hasBatch(state.source())) {
            return Optional.empty();
        }
        boolean begins = !state.inside();
        long base = begins ? current : state.baseRound();
        long round = begins ? closed + 1 : state.round();
        boolean may = begins ? mayBegin(state, round) : !state.done(rules.steps(state.source()));
        return may && round < rules.maxRounds()
                ? Optional.of(new Turn(state.source(), base, round, begins))
                : Optional.empty();
    }

    private boolean mayBegin(SourceRound state, long round) {
        SourceId source = state.source();
        boolean ofCurrent = opened == current || chosen(current, source);
        if (resting.contains(source) || (held() && (round > current || !sure()))) {
            return false;
        }
        return state.lastContributedRound() < current && ofCurrent && (round == current || chosen(round, source));
    }

    private boolean chosen(long round, SourceId source) {
        return rules.sampling().chosen(round, source);
    }

    private static boolean isDue(OptionalLong whenMs, long nowMs) {
        return whenMs.isPresent() && nowMs >= whenMs.getAsLong();
    }

    private boolean held() {
        return heldUntilMs.isPresent();
    }

    /** Whether the current round is still to be closed here. */
    private boolean open() {
        return closed < current && current < rules.maxRounds();
    }

    /** Whether the deadline runs for this source. */
    private boolean awaited(SourceRound state) {
        SourceId source = state.source();
        return state.status() == Status.ACTIVE
                && !resting.contains(source)
                && state.lastContributedRound() < current
                && (state.inside() || chosen(current, source) || (hasBatch(source) && !sure()));
    }

    /** Whether the current round will have a contribution, of this subtask or of another one. */
    private boolean sure() {
        return participates() || participation >= current;
    }

    private boolean participates() {
        return sources.values().stream()
                .anyMatch(state ->
                        current != NONE && (state.lastContributedRound() == current || state.round() == current));
    }

    private boolean hasBatch(SourceId source) {
        return queued.getOrDefault(source, 0) > 0;
    }

    private void requireNoBody(SourceId source) {
        if (current != NONE) {
            throw new IllegalStateException(
                    "%s must be named before the first body arrives, not in round %d".formatted(source, current));
        }
    }
}
