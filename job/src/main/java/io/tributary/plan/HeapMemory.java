package io.tributary.plan;

import java.util.List;

/** What lies on the JVM's heap, beside Flink itself: its network buffers and small state are not counted. */
final class HeapMemory {
    private HeapMemory() {}

    /** The subtask that needs the most. */
    static SubtaskMemory worst(Layout layout, MergeState merge) {
        int subtask = layout.worst(each -> of(layout, merge, each).bytes());
        return of(layout, merge, subtask);
    }

    private static SubtaskMemory of(Layout layout, MergeState merge, int subtask) {
        List<Replica> replicas = layout.on(subtask);
        int tensors = RoundBytes.mostTensors(layout.settings().merging().innerState());
        long arriving = layout.broadcast() + Layout.sum(replicas, layout::rows);
        List<Part> parts = List.of(
                new Part(
                        "queues",
                        replicas.size() * layout.settings().training().queueLimitBytes(),
                        "lower training.queue"),
                new Part("open sums", merge.sumsP()[subtask], "raise cluster.subtasks"),
                new Part(
                        "outer optimizer",
                        merge.outerP()[subtask],
                        "raise cluster.subtasks, or choose an outer.optimizer with fewer momenta"),
                // They wait for the end of the step that Train is in.
                new Part(
                        "shards coming back",
                        (long) Float.BYTES * tensors * arriving,
                        "lower model.width or model.layers"));
        return new SubtaskMemory(subtask, Layout.names(replicas), parts);
    }
}
