package io.tributary.round;

import io.tributary.record.RoundReport.Participation;
import io.tributary.record.SourceId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A Train subtask that trains nothing: it counts batches. */
final class SimSubtask {
    private static final int QUEUE_LIMIT = 8;
    private static final long OVERDUE_MS = 500;

    /** A source in a checkpoint: batches {@code [contributed, trained)} are in progress, up to {@code delivered} queued. */
    record Saved(SourceRound state, int delivered, int trained, int contributed, boolean resting) {}

    private final Simulation simulation;
    private final int index;
    private final SubtaskRounds rounds;
    private final Map<SourceId, Scenario.Log> logs = new TreeMap<>();
    private final Map<SourceId, Integer> delivered = new HashMap<>();
    private final Map<SourceId, Integer> trained = new HashMap<>();
    private final Map<SourceId, Integer> contributed = new HashMap<>();
    private final Set<SourceId> resting = new TreeSet<>();
    private final TreeMap<Integer, Long> shardRounds = new TreeMap<>();
    private final TreeMap<Integer, Long> shardBodies = new TreeMap<>();
    private final List<Simulation.Link> links = new ArrayList<>();
    private final long stepMs;
    private boolean open;
    private boolean stepping;
    private long bodyAtMs;
    private long armedMs = -1;

    SimSubtask(Simulation simulation, int index, List<Scenario.Log> logs, Map<SourceId, Saved> saved, int merges) {
        this.simulation = simulation;
        this.index = index;
        stepMs = 1L + simulation.random().nextInt(30);
        rounds = new SubtaskRounds(simulation.scenario().rules());
        for (int merge = 0; merge < merges; merge++) {
            links.add(simulation.link());
        }
        for (Scenario.Log log : logs) {
            this.logs.put(log.id(), log);
            Saved state = saved.get(log.id());
            delivered.put(log.id(), state == null ? 0 : state.delivered());
            trained.put(log.id(), state == null ? 0 : state.trained());
            contributed.put(log.id(), state == null ? 0 : state.contributed());
            if (state != null) {
                rounds.restore(state.state(), state.delivered() - state.trained());
                if (state.resting()) {
                    rest(log.id(), true);
                    simulation.after(500L + simulation.random().nextInt(2000), () -> rest(log.id(), false));
                }
            }
            if (log.configured()) {
                rounds.expect(log.id());
            }
        }
    }

    boolean isOpen() {
        return open;
    }

    void open() {
        open = true;
        bodyAtMs = simulation.now();
        ask(false);
        simulation.after(OVERDUE_MS, this::whenOverdue);
        logs.keySet().forEach(this::deliver);
    }

    /** One of its sources, if it has any. */
    Optional<SourceId> anySource() {
        List<SourceId> all = List.copyOf(logs.keySet());
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(all.get(simulation.random().nextInt(all.size())));
    }

    void rest(SourceId source, boolean rests) {
        if (rests) {
            resting.add(source);
            act(rounds.rest(source, simulation.now()));
        } else {
            resting.remove(source);
            act(rounds.wake(source, simulation.now()));
        }
    }

    void hold(long ms) {
        act(rounds.hold(simulation.now() + ms, simulation.now()));
    }

    void release() {
        act(rounds.release(simulation.now()));
    }

    OptionalLong border() {
        return open ? rounds.border() : OptionalLong.empty();
    }

    private void ask(boolean again) {
        simulation.merges().forEach(merge -> simulation.soon(() -> merge.ask(index, again)));
    }

    private void whenOverdue() {
        if (simulation.now() - bodyAtMs >= OVERDUE_MS) {
            ask(true);
            act(rounds.repeatAnnouncement());
        }
        simulation.after(OVERDUE_MS, this::whenOverdue);
    }

    /** Reads the source's log as far as it is written and the queue has room. */
    private void deliver(SourceId source) {
        int next = delivered.getOrDefault(source, 0);
        long[] availableAtMs = log(source).availableAtMs();
        if (next == availableAtMs.length) {
            return;
        }
        if (availableAtMs[next] > simulation.now()) {
            simulation.after(availableAtMs[next] - simulation.now(), () -> deliver(source));
        } else if (next - count(trained, source) >= QUEUE_LIMIT) {
            simulation.after(stepMs * 10, () -> deliver(source));
        } else {
            delivered.put(source, next + 1);
            rounds.batchQueued(source, simulation.now());
            act(List.of());
            simulation.after(simulation.random().nextInt(5), () -> deliver(source));
        }
    }

    void shardArrived(int shard, long round, long body) {
        if (shardRounds.getOrDefault(shard, -1L) >= round) {
            return;
        }
        shardRounds.put(shard, round);
        shardBodies.put(shard, body);
        boolean complete = shardRounds.size() == simulation.scenario().shards()
                && shardRounds.values().stream().allMatch(r -> r == round);
        if (complete) {
            simulation.bodyComplete(round, List.copyOf(shardBodies.values()));
            bodyAtMs = simulation.now();
            act(rounds.bodyArrived(round, simulation.now()));
            simulation.check(rounds.currentRound() == round, "Body", round, "was ignored");
        }
    }

    void participationHeard(long round) {
        act(rounds.participationHeard(round, simulation.now()));
    }

    private void step() {
        stepping = false;
        rounds.nextTurn().ifPresent(turn -> {
            simulation.check(turn.round() < simulation.scenario().rules().maxRounds(), turn, "is beyond the end");
            trained.merge(turn.source(), 1, Integer::sum);
            int batch = count(trained, turn.source());
            Scenario.Log log = log(turn.source());
            act(rounds.stepDone(turn, log.tokens(batch - 1, batch), log.ends()[batch - 1], simulation.now()));
        });
    }

    private void act(List<Action> actions) {
        for (Action action : actions) {
            if (action instanceof Action.Contribute contribution) {
                contribute(contribution);
            } else if (action instanceof Action.Announce announcement) {
                simulation.announce(announcement.round());
            } else if (action instanceof Action.CloseRound close) {
                sendAll(new SimMerge.Watermark(close.round()));
            } else if (action instanceof Action.Abstain abstain && patientAbout(abstain.source())) {
                SourceId source = abstain.source();
                boolean chosen = simulation.scenario().rules().sampling().chosen(abstain.round(), source);
                boolean exhausted = count(trained, source) == log(source).size();
                simulation.check(!chosen || exhausted, source, "abstains with data at hand");
            }
        }
        if (!stepping && rounds.nextTurn().isPresent()) {
            stepping = true;
            simulation.after(stepMs, this::step);
        }
        rounds.deadlineMs().ifPresent(this::arm);
    }

    private void arm(long deadlineMs) {
        if (armedMs != deadlineMs) {
            armedMs = deadlineMs;
            long lagMs = simulation.random().nextInt(20);
            simulation.after(deadlineMs - simulation.now() + lagMs, () -> act(rounds.timeout(simulation.now())));
        }
    }

    private void contribute(Action.Contribute contribution) {
        SourceId source = contribution.source();
        int from = count(contributed, source);
        int to = count(trained, source);
        simulation.check(
                contribution.steps() == to - from
                        && contribution.tokens() == log(source).tokens(from, to),
                contribution,
                "is not batches",
                from,
                "to",
                to);
        checkLength(contribution, log(source), from, to);
        contributed.put(source, to);
        for (int shard = 0; shard < simulation.scenario().shards(); shard++) {
            int merge = shard % links.size();
            send(merge, new SimMerge.Update(shard, source, contribution.round(), contribution.baseRound(), from, to));
        }
    }

    private void checkLength(Action.Contribute contribution, Scenario.Log log, int from, int to) {
        int localSteps = simulation.scenario().rules().steps(log.id());
        int end = log.endOfRound(from, localSteps);
        simulation.check(to <= end, contribution, "goes on after batch", end);
        boolean whole = to == end || to == log.size();
        simulation.check(whole || !patientAbout(log.id()), contribution, "is cut short");
        Participation kind = to - from == localSteps ? Participation.FULL : Participation.PARTIAL;
        boolean late = contribution.baseRound() < contribution.round();
        simulation.check(contribution.kind() == (late ? Participation.LATE : kind), contribution, "is not", kind);
    }

    /** The barrier of a checkpoint passes. */
    Map<SourceId, Saved> checkpoint() {
        Map<SourceId, Saved> saved = new HashMap<>();
        for (SourceId source : logs.keySet()) {
            if (log(source).configured() || count(delivered, source) > 0) {
                saved.put(
                        source,
                        new Saved(
                                rounds.state(source),
                                count(delivered, source),
                                count(trained, source),
                                count(contributed, source),
                                resting.contains(source)));
            }
        }
        sendAll(new SimMerge.Barrier());
        return saved;
    }

    /** What must hold after every event: each delivered batch is queued, in progress or contributed. */
    void check() {
        for (SourceId source : logs.keySet()) {
            if (log(source).configured() || count(delivered, source) > 0) {
                SourceRound state = rounds.state(source);
                int inProgress = count(trained, source) - count(contributed, source);
                simulation.check(state.steps() == inProgress, state, "has", inProgress, "batches in progress");
                simulation.check(
                        rounds.currentRound() < 0 || state.lastContributedRound() <= rounds.currentRound(),
                        state,
                        "is ahead of the body");
            }
        }
    }

    private boolean patientAbout(SourceId source) {
        return simulation.scenario().patient() && log(source).steady();
    }

    private void sendAll(SimMerge.Message message) {
        for (int merge = 0; merge < links.size(); merge++) {
            send(merge, message);
        }
    }

    private void send(int merge, SimMerge.Message message) {
        links.get(merge).send(() -> simulation.merges().get(merge).receive(index, message));
    }

    private Scenario.Log log(SourceId source) {
        Scenario.Log log = logs.get(source);
        if (log == null) {
            throw new IllegalArgumentException(source + " belongs to another subtask");
        }
        return log;
    }

    private static int count(Map<SourceId, Integer> counts, SourceId source) {
        return counts.getOrDefault(source, 0);
    }
}
