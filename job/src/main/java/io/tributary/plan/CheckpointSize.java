package io.tributary.plan;

import java.util.Arrays;
import java.util.List;

/**
 * The bytes of a checkpoint that is taken when every source is at the end of its round, has a full queue, and Merge has
 * sums of every shard. Late work adds the base that it started from, 4 bytes for each shared parameter of its source;
 * vocabularies, counts and Kafka's offsets are small beside all this.
 */
final class CheckpointSize {
    private CheckpointSize() {}

    static List<Part> parts(Layout layout, MergeState merge) {
        List<Replica> all = layout.replicas();
        String smaller = "lower model.width or model.layers, or train fewer sources in one job";
        return List.of(
                new Part("own weights", Float.BYTES * Layout.sum(all, layout::own), "lower the pieces of sources"),
                new Part(
                        "AdamW moments",
                        2 * Float.BYTES * Layout.sum(all, each -> each.sizes().total()),
                        smaller),
                new Part("working copies", Float.BYTES * Layout.sum(all, layout::shared), smaller),
                new Part("queues", all.size() * layout.settings().training().queueLimitBytes(), "lower training.queue"),
                new Part("open sums", Arrays.stream(merge.sumsP()).sum(), "lower model.width or model.layers"),
                new Part(
                        "outer optimizer",
                        Arrays.stream(merge.outerP()).sum(),
                        "choose an outer.optimizer with fewer momenta"));
    }
}
