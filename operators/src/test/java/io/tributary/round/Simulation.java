package io.tributary.round;

import io.tributary.record.SourceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The whole loop in simulated time: Train subtasks, Merge, OuterStep, the broadcast, checkpoints and crashes. */
final class Simulation {
    private record Event(long atMs, long order, Runnable run) {}

    private record Checkpoint(Map<SourceId, SimSubtask.Saved> sources, Map<Integer, SimMerge.Shard> shards) {
        SimMerge.Shard shard(int index) {
            return Objects.requireNonNull(shards.get(index));
        }
    }

    /** Records come out in order, each after a delay of its own. */
    final class Link {
        private long lastAtMs;

        void send(Runnable arrival) {
            lastAtMs = Math.max(lastAtMs, now + delayMs());
            after(lastAtMs - now, arrival);
        }
    }

    private final Scenario scenario;
    private final Random random;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atMs).thenComparingLong(Event::order));
    private final Map<Long, List<String>> contributors = new HashMap<>();
    private final TreeMap<Long, List<Long>> bodies = new TreeMap<>();
    private final int maxDelayMs;
    private long now;
    private long order;
    private List<SimSubtask> subtasks = List.of();
    private List<SimMerge> merges = List.of();
    private Checkpoint completed = new Checkpoint(Map.of(), new TreeMap<>());
    private Checkpoint pending = completed;
    private int missing;
    private int crashesLeft;
    private int holdsLeft;
    private int restsLeft;
    private long crashAtMs;
    private long progressAtMs;
    private long checkAtMs;
    private boolean changed;

    Simulation(Scenario scenario) {
        this.scenario = scenario;
        random = new Random(scenario.seed() ^ 0x5eed);
        maxDelayMs = 1 + random.nextInt(60);
        crashesLeft = scenario.crashes();
        holdsLeft = scenario.holds();
        restsLeft = scenario.rests();
        for (int shard = 0; shard < scenario.shards(); shard++) {
            completed.shards().put(shard, new SimMerge.Shard(0, shard, Map.of(), new TreeMap<>()));
        }
    }

    /** Runs until all data is merged or the last round is done, and on for a while, when nothing more may happen. */
    void run() {
        restore();
        boolean done = done();
        while (!done) {
            changed = false;
            nextEvent();
            checkProgress();
            done = changed ? done() : done;
        }
        long endMs = now + 2 * scenario.rules().timeoutMs();
        crashesLeft = 0;
        while (now < endMs) {
            nextEvent();
        }
    }

    private void nextEvent() {
        if (crashesLeft > 0 && now >= crashAtMs) {
            crashesLeft--;
            restore();
        }
        Event event = events.remove();
        now = event.atMs();
        event.run().run();
        subtasks.forEach(SimSubtask::check);
        checkBorder();
    }

    /** The bodies by round; each is one number a shard. */
    NavigableMap<Long, List<Long>> bodies() {
        return bodies;
    }

    /** All state is lost but the last checkpoint, and everything starts again on perhaps other numbers of subtasks. */
    private void restore() {
        events.clear();
        missing = 0;
        int trains = 1 + random.nextInt(5);
        int mergers = 1 + random.nextInt(3);
        long round = completed.shard(0).round();
        check(
                completed.shards().values().stream().allMatch(shard -> shard.round() == round),
                "Shards of different rounds in a checkpoint");
        contributors.keySet().removeIf(r -> r >= round);
        bodies.tailMap(round, false).clear();
        merges = new ArrayList<>();
        for (int merge = 0; merge < mergers; merge++) {
            Map<Integer, SimMerge.Shard> shards = new TreeMap<>();
            for (int shard = merge; shard < scenario.shards(); shard += mergers) {
                shards.put(shard, completed.shard(shard).copy());
            }
            merges.add(new SimMerge(this, trains, shards));
        }
        subtasks = new ArrayList<>();
        for (int train = 0; train < trains; train++) {
            int index = train;
            List<Scenario.Log> owned = scenario.sources().stream()
                    .filter(log -> log.id().key() % trains == index)
                    .toList();
            SimSubtask subtask = new SimSubtask(this, train, owned, completed.sources(), mergers);
            subtasks.add(subtask);
            after(random.nextInt(400), subtask::open);
        }
        after(random.nextInt(1000), this::startCheckpoint);
        after(random.nextInt(3000), this::hold);
        after(random.nextInt(3000), this::rest);
        crashAtMs = now + random.nextInt(random.nextBoolean() ? 600 : 8000);
        progressAtMs = now;
        changed = true;
    }

    /**
     * The job is held for a while, and released unless whoever held it has died; nobody is told before it is open, and a
     * restart forgets it.
     */
    private void hold() {
        if (holdsLeft > 0) {
            holdsLeft--;
            long lapsesAfterMs = 2L * maxDelayMs + random.nextInt(3000);
            tellAll(subtask -> subtask.hold(lapsesAfterMs));
            if (random.nextBoolean()) {
                after(random.nextInt((int) lapsesAfterMs), () -> tellAll(SimSubtask::release));
            }
            after(5000L + random.nextInt(3000), this::hold);
        }
    }

    private void tellAll(Consumer<SimSubtask> order) {
        for (SimSubtask subtask : subtasks) {
            soon(() -> {
                if (subtask.isOpen()) {
                    order.accept(subtask);
                }
            });
        }
    }

    /** A source rests for a while. */
    private void rest() {
        if (restsLeft > 0) {
            restsLeft--;
            SimSubtask subtask = subtasks.get(random.nextInt(subtasks.size()));
            subtask.anySource().ifPresent(source -> {
                subtask.rest(source, true);
                after(random.nextInt(3000), () -> subtask.rest(source, false));
            });
            after(random.nextInt(3000), this::rest);
        }
    }

    /** When all are at the border of a round, nothing of it has begun anywhere. */
    private void checkBorder() {
        List<OptionalLong> borders = subtasks.stream().map(SimSubtask::border).toList();
        if (borders.stream().allMatch(OptionalLong::isPresent)) {
            long round = borders.get(0).getAsLong();
            check(borders.stream().distinct().count() == 1, "Subtasks are held at different borders", borders);
            merges.forEach(merge -> merge.shards()
                    .values()
                    .forEach(shard -> check(shard.round() == round, "All are held at", round, "but not", shard)));
        }
    }

    private void startCheckpoint() {
        if (missing == 0 && subtasks.stream().allMatch(SimSubtask::isOpen)) {
            pending = new Checkpoint(new HashMap<>(), new TreeMap<>());
            missing = subtasks.size() + scenario.shards();
            for (SimSubtask subtask : subtasks) {
                after(delayMs() * 3, () -> {
                    pending.sources().putAll(subtask.checkpoint());
                    acknowledged();
                });
            }
        }
        after(50 + random.nextInt(1500), this::startCheckpoint);
    }

    void acknowledge(int index, SimMerge.Shard shard) {
        pending.shards().put(index, shard);
        acknowledged();
    }

    private void acknowledged() {
        missing--;
        if (missing == 0) {
            completed = pending;
        }
    }

    void announce(long round) {
        for (SimSubtask subtask : subtasks) {
            handOver(link(), () -> subtask.participationHeard(round), subtask);
        }
    }

    /** The broadcast stream into a subtask: what arrives before it is open is lost, and some of the rest. */
    void handOver(Link link, Runnable arrival, SimSubtask receiver) {
        boolean lost = random.nextDouble() < scenario.loss();
        link.send(() -> {
            if (!lost && receiver.isOpen()) {
                arrival.run();
            }
        });
    }

    /** A shard has been merged: those who contributed must be the same for every shard. */
    void merged(long round, List<String> who) {
        progressAtMs = now;
        changed = true;
        List<String> others = contributors.putIfAbsent(round, List.copyOf(who));
        check(others == null || others.equals(who), "In round", round, who, "contributed, and elsewhere", others);
    }

    /**
     * Where nothing times out that can train: the chosen sources with data contribute, and no source that is not chosen
     * as long as there is such a one.
     *
     * @param applied batches of each source that were merged before
     */
    void checkDraw(long round, Map<SourceId, Integer> applied, List<SourceId> who) {
        if (!scenario.patient()) {
            return;
        }
        List<SourceId> chosen =
                scenario.chosen(round).stream().map(Scenario.Log::id).toList();
        List<SourceId> awaited = scenario.chosen(round).stream()
                .filter(log -> log.steady() && applied.getOrDefault(log.id(), 0) < log.size())
                .map(Scenario.Log::id)
                .toList();
        check(who.containsAll(awaited), "In round", round, "only", who, "contributed, not all of", awaited);
        check(awaited.isEmpty() || chosen.containsAll(who), "In round", round, who, "contributed, chosen are", chosen);
    }

    void bodyComplete(long round, List<Long> body) {
        List<Long> others = bodies.putIfAbsent(round, body);
        check(others == null || others.equals(body), "Body", round, "is not the same everywhere");
    }

    private boolean done() {
        return merges.stream()
                .flatMap(merge -> merge.shards().values().stream())
                .allMatch(shard -> shard.round() >= scenario.rules().maxRounds()
                        || scenario.sources().stream()
                                .allMatch(log -> shard.applied().getOrDefault(log.id(), 0) == log.size()));
    }

    /** As long as some source has data that is not merged, rounds advance. */
    private void checkProgress() {
        if (now < checkAtMs) {
            return;
        }
        checkAtMs = now + 1000;
        long waitingSinceMs = merges.stream()
                .flatMap(merge -> merge.shards().values().stream())
                .flatMapToLong(shard -> scenario.sources().stream()
                        .filter(log -> shard.applied().getOrDefault(log.id(), 0) < log.size())
                        .mapToLong(log -> log.availableAtMs()[shard.applied().getOrDefault(log.id(), 0)]))
                .min()
                .orElse(now);
        long patienceMs = 30_000 + 5 * scenario.rules().timeoutMs();
        check(
                now - Math.max(waitingSinceMs, progressAtMs) < patienceMs,
                "Nothing was merged since",
                progressAtMs,
                "ms, though there is data");
    }

    /** The message is only put together when it is needed. */
    void check(boolean holds, Object... message) {
        if (!holds) {
            String text = Stream.of(message).map(String::valueOf).collect(Collectors.joining(" "));
            throw new AssertionError("At " + now + " ms: " + text);
        }
    }

    void after(long delayMs, Runnable run) {
        events.add(new Event(now + delayMs, order++, run));
    }

    void soon(Runnable run) {
        after(delayMs(), run);
    }

    Link link() {
        return new Link();
    }

    private long delayMs() {
        return random.nextInt(maxDelayMs);
    }

    long now() {
        return now;
    }

    Random random() {
        return random;
    }

    Scenario scenario() {
        return scenario;
    }

    List<SimMerge> merges() {
        return merges;
    }

    SimSubtask subtask(int index) {
        return subtasks.get(index);
    }
}
