package io.tributary.plan;

import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Tensors in native or GPU memory. All sources of a subtask may be inside a round at once, but only one is inside a step.
 *
 * <p>Left out, since they are the engine's own: the libraries, allocator slack, and matrix-product workspaces.
 */
final class DeviceMemory {
    private static final int FLOAT = Float.BYTES;
    private static final int BF16 = 2;
    /**
     * Values that a layer keeps of each token and column for the backward pass: 34 bytes at 16 bits, as arXiv 2205.05198
     * counts them (section 4.1). Its 5 * heads * T / d for the matrix of attention falls away: the step's attention is
     * fused and keeps none.
     */
    private static final int KEPT_VALUES = 17;
    /** Logits, their logarithmic softmax and its gradient. */
    private static final int COPIES_OF_LOGITS = 3;

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
        boolean bf16 = layout.settings().precision() == Precision.BF16;
        ModelShape shape = replica.shape();
        long parameters = replica.sizes().total();
        long tokens = replica.batchTokens(layout.settings().training().batchRows());
        long kept = tokens * shape.layers() * shape.width() * KEPT_VALUES;
        return List.of(
                new Part("gradients", FLOAT * parameters, "lower model.width or model.layers"),
                // The parameters as the step computes with them, and the gradients of those.
                new Part("copies in bf16", bf16 ? 2 * BF16 * parameters : 0, "set model.precision to fp32"),
                new Part(
                        "activations",
                        kept * (bf16 ? BF16 : FLOAT),
                        "lower training.batchRows or model.sequenceLength" + (bf16 ? "" : ", or compute in bf16")),
                new Part(
                        "logits",
                        tokens * replica.pieces() * COPIES_OF_LOGITS * FLOAT,
                        "lower training.batchRows, model.sequenceLength or the pieces of sources"));
    }
}
