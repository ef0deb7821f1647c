package io.tributary.plan;

import io.tributary.model.Precision;
import io.tributary.model.StepMemory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Tensors in native or GPU memory. All sources of a subtask may be inside a round at once, but only one is inside a step.
 *
 * <p>Left out: the libraries of the engine, about 190 MiB with an idle JVM.
 */
final class DeviceMemory {
    private static final int FLOAT = Float.BYTES;

    private static final String SPREAD = "raise cluster.subtasks, or lower model.width or model.layers";

    private DeviceMemory() {}

    /** The subtask that needs the most. */
    static SubtaskMemory worst(Layout layout) {
        int subtask = layout.worst(each -> of(layout, each).bytes());
        return of(layout, subtask);
    }

    private static SubtaskMemory of(Layout layout, int subtask) {
        List<Replica> replicas = layout.on(subtask);
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(
                "own weights", FLOAT * Layout.sum(replicas, layout::own), SPREAD + " or the pieces of sources"));
        parts.add(new Part(
                "AdamW moments",
                2 * FLOAT * Layout.sum(replicas, each -> each.sizes().total()),
                SPREAD));
        parts.add(new Part("working copies", FLOAT * Layout.sum(replicas, layout::shared), SPREAD));
        int tensors =
                RoundBytes.mostTensorsOfTwoRounds(layout.settings().merging().innerState());
        long arriving = layout.broadcast() + Layout.sum(replicas, layout::rows);
        parts.add(
                new Part("shared, two rounds", (long) FLOAT * tensors * arriving, "lower model.width or model.layers"));
        replicas.stream()
                .map(replica -> step(layout, replica))
                .max(Comparator.comparingLong(DeviceMemory::total))
                .ifPresent(parts::addAll);
        return new SubtaskMemory(subtask, Layout.names(replicas), parts);
    }

    private static long total(List<Part> parts) {
        return parts.stream().mapToLong(Part::bytes).sum();
    }

    /** What one step of this model adds. */
    private static List<Part> step(Layout layout, Replica replica) {
        Precision precision = layout.settings().precision();
        StepMemory step = StepMemory.of(
                replica.shape(), replica.pieces(), layout.settings().training().microBatchRows(), precision);
        String smaller = "lower model.width or model.layers";
        String fewer = "lower training.microBatchRows or model.sequenceLength";
        return List.of(
                new Part("gradients", step.gradients(), smaller),
                new Part("rounded parameters", step.rounded(), "set model.precision to fp32"),
                new Part("gradients of layers", step.layerGradients(), smaller),
                new Part(
                        "activations",
                        step.activations(),
                        fewer + (precision == Precision.FP32 ? ", or compute in bf16" : "")),
                new Part("logits", step.logits(), fewer + ", or the pieces of sources"),
                new Part("packed embedding", step.products(), "lower the pieces of sources"));
    }
}
