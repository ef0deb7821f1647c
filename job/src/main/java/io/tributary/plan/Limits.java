package io.tributary.plan;

import io.tributary.config.Cluster;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/** Says what does not fit, by how much, and which setting would help. */
final class Limits {
    private final List<String> exceeded = new ArrayList<>();

    private Limits() {}

    static List<String> exceeded(
            Layout layout, SubtaskMemory device, SubtaskMemory heap, List<Part> checkpoint, RunTime time) {
        Cluster cluster = layout.settings().cluster();
        Limits limits = new Limits();
        limits.memory(
                "cluster.deviceMemory", "subtask " + device.subtask(), device.parts(), cluster.deviceMemoryBytes());
        limits.memory("cluster.heapMemory", "subtask " + heap.subtask(), heap.parts(), cluster.heapMemoryBytes());
        limits.memory("cluster.checkpointSize", "a checkpoint", checkpoint, cluster.checkpointSizeBytes());
        limits.timeout(layout, time);
        return List.copyOf(limits.exceeded);
    }

    private void memory(String setting, String who, List<Part> parts, OptionalLong limit) {
        long bytes = parts.stream().mapToLong(Part::bytes).sum();
        if (limit.isEmpty() || bytes <= limit.getAsLong()) {
            return;
        }
        Part largest = parts.stream().max(Comparator.comparingLong(Part::bytes)).orElseThrow();
        exceeded.add("%s: %s needs %s, %s more than the limit of %s; most of it is %s, %s: %s"
                .formatted(
                        setting,
                        who,
                        ByteSize.text(bytes),
                        ByteSize.text(bytes - limit.getAsLong()),
                        ByteSize.text(limit.getAsLong()),
                        largest.name(),
                        ByteSize.text(largest.bytes()),
                        largest.remedy()));
    }

    /** Rounds that end by their timeout work, but then sources do fewer steps than the settings say. */
    private void timeout(Layout layout, RunTime time) {
        double limitSeconds = layout.settings().rounds().timeoutMs() / 1000.0;
        if (time.trainSeconds() > limitSeconds) {
            exceeded.add(String.format(
                    Locale.ROOT,
                    "rounds.timeout: the steps of a round take %,.0f s, %,.0f s more than the timeout of %,.0f s: "
                            + "raise it or cluster.subtasks, or lower rounds.localSteps or training.batchRows",
                    time.trainSeconds(),
                    time.trainSeconds() - limitSeconds,
                    limitSeconds));
        }
    }
}
