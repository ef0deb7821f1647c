package io.tributary.flow;

import io.tributary.merge.Sharding;
import io.tributary.model.Body;
import io.tributary.model.StepEngine;
import io.tributary.record.Downstream.BodyShard;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The bodies of a subtask: the one of the current round, the next one as its shards come in, and bases of late work. */
final class Bodies implements AutoCloseable {
    private final StepEngine engine;
    private final Sharding sharding;
    private final Set<Body> held = new HashSet<>();
    private final BitSet arrived = new BitSet();
    private Optional<Body> current = Optional.empty();
    private Optional<Body> next = Optional.empty();

    Bodies(StepEngine engine, Sharding sharding) {
        this.engine = engine;
        this.sharding = sharding;
    }

    Optional<Body> current() {
        return current;
    }

    /**
     * Takes in a shard. One of a round that is here already, or that has come before, is ignored, so a body may safely be
     * sent again.
     *
     * @return the body, when this shard was the last that it lacked
     */
    Optional<Body> accept(BodyShard shard) {
        boolean old = current.filter(body -> shard.round() <= body.round()).isPresent()
                || next.filter(body -> shard.round() < body.round()).isPresent();
        if (old) {
            return Optional.empty();
        }
        if (next.isEmpty() || next.get().round() < shard.round()) {
            next.ifPresent(this::release);
            next = Optional.of(hold(engine.newBody(shard.round())));
            arrived.clear();
        }
        Body assembling = next.get();
        int index = shard.shard().index();
        assembling.put(sharding.start(index), shard.values());
        arrived.set(index);
        if (arrived.cardinality() < sharding.count()) {
            return Optional.empty();
        }
        current = next;
        next = Optional.empty();
        return current;
    }

    /** Registers a body that a checkpoint brought back as the base of late work. */
    Body hold(Body body) {
        held.add(body);
        return body;
    }

    /** Frees what is neither current, nor arriving, nor a base. */
    void keepOnly(Collection<Body> bases) {
        for (Body body : Set.copyOf(held)) {
            boolean used = bases.contains(body)
                    || current.filter(c -> c == body).isPresent()
                    || next.filter(n -> n == body).isPresent();
            if (!used) {
                release(body);
            }
        }
    }

    private void release(Body body) {
        held.remove(body);
        body.close();
    }

    @Override
    public void close() {
        held.forEach(Body::close);
        held.clear();
    }
}
