package io.tributary.flow;

import io.tributary.model.SharedParameters;
import io.tributary.model.StepEngine;
import io.tributary.record.Downstream.RowsShard;
import io.tributary.record.Downstream.SharedShard;
import io.tributary.record.ShardId;
import io.tributary.record.SourceId;
import io.tributary.record.TensorId;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The shared parameters of a subtask: those of the current round, the next ones as their shards come in, and the bases of
 * late work.
 *
 * <p>A round can begin when every shard that everyone has is here, and for each source that has joined, the rows that it
 * holds. A source joins once it has all its rows of one round; until then nobody waits for it.
 */
final class SharedStore implements AutoCloseable {
    private final StepEngine engine;
    private final SharedLayout layout;
    private final Map<SourceId, HeldRows> holders = new TreeMap<>();
    private final Set<SourceId> joined = new HashSet<>();
    private final Set<SharedParameters> held = new HashSet<>();
    private Optional<Arrival> current = Optional.empty();
    private Optional<Arrival> next = Optional.empty();

    /** What has come in of one round. */
    private record Arrival(SharedParameters shared, Set<ShardId> shards, Map<SourceId, ArrivedRows> rows) {
        Arrival(SharedParameters shared) {
            this(shared, new HashSet<>(), new HashMap<>());
        }

        long round() {
            return shared.round();
        }
    }

    /** What has come in of one source's rows: which of each shard, and the shards of which all are here. */
    private record ArrivedRows(Map<ShardId, BitSet> parts, Set<ShardId> whole, Set<TensorId> tensors) {
        ArrivedRows() {
            this(new HashMap<>(), new HashSet<>(), new HashSet<>());
        }

        void add(RowsShard shard, int expected) {
            BitSet here = parts.computeIfAbsent(shard.shard(), id -> new BitSet());
            Arrays.stream(shard.rows()).forEach(here::set);
            if (here.cardinality() >= expected) {
                whole.add(shard.shard());
            }
        }
    }

    SharedStore(StepEngine engine, SharedLayout layout) {
        this.engine = engine;
        this.layout = layout;
    }

    Optional<SharedParameters> current() {
        return current.map(Arrival::shared);
    }

    /**
     * A source that holds rows. What it holds may grow later on.
     *
     * @param hasJoined whether the next round has to wait for its rows
     */
    void addHolder(SourceId source, HeldRows rows, boolean hasJoined) {
        holders.put(source, rows);
        if (hasJoined) {
            joined.add(source);
        }
    }

    /** A source that has gone; to be called while no round comes in. */
    void removeHolder(SourceId source) {
        holders.remove(source);
        joined.remove(source);
    }

    /** Whether a source has the rows that it needs to begin; one without any has. */
    boolean hasJoined(SourceId source) {
        return !holders.containsKey(source) || joined.contains(source);
    }

    /** Lets a source join whose rows of the current round are all here; returns whether it has joined by this. */
    boolean join(SourceId source) {
        return !hasJoined(source)
                && current.filter(arrival -> hasRows(arrival, source)).isPresent()
                && joined.add(source);
    }

    /**
     * Takes in a shard. One of a round that is here already, or that has come before, is ignored, so it may safely be
     * sent again.
     *
     * @return the shared parameters of the next round, when this was the last that they lacked
     */
    Optional<SharedParameters> accept(SharedShard shard) {
        if (current.filter(arrival -> shard.round() <= arrival.round()).isPresent()) {
            return Optional.empty();
        }
        return next(shard.round()).flatMap(arrival -> {
            TensorId tensor = shard.shard().tensor();
            if (layout.startOf(arrival.round()).contains(tensor)) {
                // The barrier of variants without anything to share has no values.
                if (shard.values().length > 0) {
                    long from = layout.sharding(tensor).start(shard.shard().index());
                    arrival.shared().put(tensor, from, shard.values());
                }
                arrival.shards().add(shard.shard());
            }
            return completed(arrival);
        });
    }

    /** Takes in the rows of a source; otherwise like {@link #accept(SharedShard)}. */
    Optional<SharedParameters> accept(RowsShard shard) {
        HeldRows rows = holders.get(shard.source());
        if (rows == null
                || current.filter(arrival -> shard.round() < arrival.round()).isPresent()) {
            return Optional.empty();
        }
        if (current.filter(arrival -> shard.round() == arrival.round()).isPresent()) {
            // One that has joined has them; what comes again now is the answer to a growth that counts from the next
            // on.
            if (!joined.contains(shard.source())) {
                put(current.get(), rows, shard);
            }
            return Optional.empty();
        }
        return next(shard.round()).flatMap(arrival -> {
            put(arrival, rows, shard);
            return completed(arrival);
        });
    }

    private void put(Arrival arrival, HeldRows rows, RowsShard shard) {
        TensorId tensor = shard.shard().tensor();
        if (!layout.startOf(arrival.round()).contains(tensor)) {
            return;
        }
        String source = shard.source().name();
        ArrivedRows arrived = arrival.rows().computeIfAbsent(shard.source(), id -> new ArrivedRows());
        if (arrived.tensors().add(tensor)) {
            arrival.shared()
                    .allocateRows(
                            source, tensor, (long) rows.size() * layout.shape().width());
        }
        int index = shard.shard().index();
        arrival.shared().putRows(source, tensor, rows.ownIds(index, shard.rows()), shard.values());
        arrived.add(shard, rows.count(index));
    }

    /** The next round as it comes in; none if the round is older than what comes in already. */
    private Optional<Arrival> next(long round) {
        if (next.filter(arrival -> round < arrival.round()).isPresent()) {
            return Optional.empty();
        }
        if (next.isEmpty() || next.get().round() < round) {
            next.ifPresent(arrival -> release(arrival.shared()));
            next = Optional.of(new Arrival(hold(engine.newShared(round, layout.sizes(layout.startOf(round))))));
        }
        return next;
    }

    private Optional<SharedParameters> completed(Arrival arrival) {
        int needed = layout.startOf(arrival.round()).stream()
                .filter(tensor -> !layout.byRows(tensor))
                .mapToInt(tensor -> layout.sharding(tensor).count())
                .sum();
        if (arrival.shards().size() < needed || !joined.stream().allMatch(source -> hasRows(arrival, source))) {
            return Optional.empty();
        }
        current = Optional.of(arrival);
        next = Optional.empty();
        return current();
    }

    private boolean hasRows(Arrival arrival, SourceId source) {
        HeldRows rows = holders.get(source);
        if (rows == null) {
            return true;
        }
        ArrivedRows arrived = arrival.rows().get(source);
        long tensors =
                layout.startOf(arrival.round()).stream().filter(layout::byRows).count();
        return arrived != null && arrived.whole().size() >= tensors * rows.shards();
    }

    /** Room for the base of late work that a checkpoint brings back, without what its source has taken over from it. */
    SharedParameters newBase(long round) {
        return hold(engine.newShared(round, layout.sizes(layout.startOf(0))));
    }

    private SharedParameters hold(SharedParameters shared) {
        held.add(shared);
        return shared;
    }

    /** Frees what is neither current, nor arriving, nor a base. */
    void keepOnly(Collection<SharedParameters> bases) {
        for (SharedParameters shared : Set.copyOf(held)) {
            boolean used = bases.contains(shared)
                    || current.filter(arrival -> arrival.shared() == shared).isPresent()
                    || next.filter(arrival -> arrival.shared() == shared).isPresent();
            if (!used) {
                release(shared);
            }
        }
    }

    private void release(SharedParameters shared) {
        held.remove(shared);
        shared.close();
    }

    @Override
    public void close() {
        held.forEach(SharedParameters::close);
        held.clear();
    }
}
