package io.tributary.plan;

import io.tributary.config.PipelineSettings;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Variant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/** Which subtask trains what, and which of it is shared. */
record Layout(PipelineSettings settings, List<Replica> replicas) {
    Layout {
        replicas = List.copyOf(replicas);
    }

    static Layout of(PipelineSettings settings) {
        return new Layout(settings, Replica.of(settings, settings.merging().variant()));
    }

    Variant variant() {
        return settings.merging().variant();
    }

    int subtasks() {
        return settings.cluster().subtasks();
    }

    List<Replica> on(int subtask) {
        return replicas.stream().filter(replica -> replica.subtask() == subtask).toList();
    }

    /** The groups that are merged, each whole. */
    GroupSizes whole() {
        return GroupSizes.exact(settings.shape(), settings.globalPieces());
    }

    /** Parameters of a model that leave it. */
    long shared(Replica replica) {
        return replica.sizes().of(variant().shared());
    }

    /** Parameters of a model that stay. */
    long own(Replica replica) {
        return replica.sizes().total() - shared(replica);
    }

    /** Shared parameters that come to every subtask alike; the rows of TRIM come to each source. */
    long broadcast() {
        Set<ParameterGroup> groups = EnumSet.noneOf(ParameterGroup.class);
        groups.addAll(variant().shared());
        if (variant().byRows()) {
            groups.remove(ParameterGroup.TOKENS);
        }
        return whole().of(groups);
    }

    /** Shared parameters that come to one source alone. */
    long rows(Replica replica) {
        return variant().byRows() ? replica.sizes().tokens() : 0;
    }

    /** The subtask for which this is largest; the first of several. */
    int worst(ToLongFunction<Integer> bytes) {
        return IntStream.range(0, subtasks())
                .boxed()
                .reduce((a, b) -> bytes.applyAsLong(b) > bytes.applyAsLong(a) ? b : a)
                .orElseThrow();
    }

    static long sum(List<Replica> replicas, ToLongFunction<Replica> each) {
        return replicas.stream().mapToLong(each).sum();
    }

    static List<String> names(List<Replica> replicas) {
        return replicas.stream().map(Replica::name).toList();
    }
}
