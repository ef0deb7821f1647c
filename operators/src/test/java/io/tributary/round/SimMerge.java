package io.tributary.round;

import io.tributary.record.SourceId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Merge and OuterStep for some of the shards, with Flink's rules for watermarks, late records and aligned barriers. */
final class SimMerge {
    /** What comes from a Train subtask. */
    sealed interface Message {}

    /** Batches {@code [from, to)} of a source, as a change of one shard. */
    record Update(int shard, SourceId source, long round, long baseRound, int from, int to) implements Message {}

    record Watermark(long round) implements Message {}

    record Barrier() implements Message {}

    /**
     * The state of a shard.
     *
     * @param body stands for the values: it depends on all that ever was merged
     * @param applied batches of each source that are in the body
     */
    record Shard(long round, long body, Map<SourceId, Integer> applied, NavigableMap<Long, List<Update>> windows) {
        Shard copy() {
            TreeMap<Long, List<Update>> copies = new TreeMap<>();
            windows.forEach((round, updates) -> copies.put(round, new ArrayList<>(updates)));
            return new Shard(round, body, Map.copyOf(applied), copies);
        }
    }

    private final Simulation simulation;
    private final Map<Integer, Shard> shards;
    private final List<Deque<Message>> heldBack = new ArrayList<>();
    private final long[] watermarks;
    private final boolean[] aligned;
    private final boolean[] asked;
    private final List<Simulation.Link> links = new ArrayList<>();
    private long watermark = -1;

    SimMerge(Simulation simulation, int subtasks, Map<Integer, Shard> shards) {
        this.simulation = simulation;
        this.shards = shards;
        watermarks = new long[subtasks];
        Arrays.fill(watermarks, -1);
        aligned = new boolean[subtasks];
        asked = new boolean[subtasks];
        for (int i = 0; i < subtasks; i++) {
            heldBack.add(new ArrayDeque<>());
            links.add(simulation.link());
        }
    }

    Map<Integer, Shard> shards() {
        return shards;
    }

    private Shard shard(int index) {
        return Objects.requireNonNull(shards.get(index));
    }

    /** First requests are answered together, repeated ones at once. */
    void ask(int subtask, boolean again) {
        boolean first = !asked[subtask];
        asked[subtask] = true;
        boolean all = Stream.iterate(0, i -> i + 1).limit(asked.length).allMatch(i -> asked[i]);
        if (again || (first && all)) {
            shards.keySet().forEach(this::broadcast);
        }
    }

    void receive(int subtask, Message message) {
        if (aligned[subtask]) {
            heldBack.get(subtask).add(message);
            return;
        }
        if (message instanceof Update update) {
            simulation.check(update.round() > watermark, update, "is late, the watermark is", watermark);
            shard(update.shard())
                    .windows()
                    .computeIfAbsent(update.round(), round -> new ArrayList<>())
                    .add(update);
        } else if (message instanceof Watermark next) {
            long before = watermarks[subtask];
            simulation.check(before < 0 || next.round() == before + 1, "Watermark", next.round(), "after", before);
            watermarks[subtask] = next.round();
            advance(Arrays.stream(watermarks).min().orElseThrow());
        } else {
            aligned[subtask] = true;
            barrier();
        }
    }

    private void advance(long to) {
        if (to <= watermark) {
            return;
        }
        watermark = to;
        for (int shard : shards.keySet()) {
            NavigableMap<Long, List<Update>> windows = shard(shard).windows();
            while (!windows.isEmpty() && windows.firstKey() <= to) {
                outerStep(shard, windows.firstKey(), windows.remove(windows.firstKey()));
            }
            simulation.check(
                    shard(shard).round() > to, "Round", to, "was closed, but shard", shard, "had no contribution");
        }
    }

    private void outerStep(int index, long round, List<Update> updates) {
        Shard shard = shard(index);
        simulation.check(round == shard.round(), "Shard", index, "is in round", shard.round(), ", not", round);
        simulation.check(round < simulation.scenario().rules().maxRounds(), "Round", round, "is beyond the end");
        updates.sort(Comparator.comparing(Update::source));
        simulation.checkDraw(
                round, shard.applied(), updates.stream().map(Update::source).toList());
        Map<SourceId, Integer> applied = new HashMap<>(shard.applied());
        List<String> contributors = new ArrayList<>();
        long body = shard.body();
        for (Update update : updates) {
            int before = applied.getOrDefault(update.source(), 0);
            simulation.check(update.from() == before && update.to() > before, update, "follows batch", before);
            applied.put(update.source(), update.to());
            String contributor =
                    update.source() + "[" + update.from() + "," + update.to() + ") of " + update.baseRound();
            simulation.check(
                    contributors.stream().noneMatch(c -> c.startsWith(update.source() + "[")), update, "counts twice");
            contributors.add(contributor);
            body = body * 1_000_003 + contributor.hashCode();
        }
        simulation.merged(round, contributors);
        shards.put(index, new Shard(round + 1, body, applied, shard.windows()));
        broadcast(index);
    }

    private void broadcast(int index) {
        Shard shard = shard(index);
        for (int subtask = 0; subtask < links.size(); subtask++) {
            SimSubtask receiver = simulation.subtask(subtask);
            simulation.handOver(
                    links.get(subtask), () -> receiver.shardArrived(index, shard.round(), shard.body()), receiver);
        }
    }

    /** When all barriers are here, the state is what came before them: a snapshot; then the rest may come in. */
    private void barrier() {
        for (boolean here : aligned) {
            if (!here) {
                return;
            }
        }
        shards.forEach((index, shard) -> simulation.acknowledge(index, shard.copy()));
        Arrays.fill(aligned, false);
        for (int subtask = 0; subtask < aligned.length; subtask++) {
            Deque<Message> messages = new ArrayDeque<>(heldBack.get(subtask));
            heldBack.get(subtask).clear();
            for (Message message : messages) {
                receive(subtask, message);
            }
        }
    }
}
