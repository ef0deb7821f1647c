package io.tributary.plan;

import io.tributary.config.PipelineSettings;
import io.tributary.config.SourceSettings;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Variant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a run will hold, send and compute, counted from its settings before anything is started.
 *
 * @param variant as the settings file calls it
 * @param sources what is trained: each source's model, or under STD the one of the mixture
 * @param parameters of the whole run: shared groups once, and those of every model that keeps its own
 * @param mixture under STD, the share of each source in the mixture
 * @param device native or GPU memory of the subtask that needs the most
 * @param heap of the JVM, of the subtask that needs the most
 * @param checkpoint of the whole job at most
 * @param traffic of each source, under every method
 * @param exceeded the limits that do not hold, each with how far and what would help; empty if the run fits
 */
public record Plan(
        String variant,
        List<SourceCost> sources,
        GroupSizes parameters,
        Map<String, Double> mixture,
        SubtaskMemory device,
        SubtaskMemory heap,
        List<Part> checkpoint,
        List<Traffic> traffic,
        RunTime time,
        List<String> exceeded) {
    public Plan {
        sources = List.copyOf(sources);
        checkpoint = List.copyOf(checkpoint);
        traffic = List.copyOf(traffic);
        exceeded = List.copyOf(exceeded);
    }

    /** Counts a plan. */
    public static Plan of(PipelineSettings settings) {
        Layout layout = Layout.of(settings);
        MergeState merge = MergeState.of(layout);
        SubtaskMemory device = DeviceMemory.worst(layout);
        SubtaskMemory heap = HeapMemory.worst(layout, merge);
        List<Part> checkpoint = CheckpointSize.parts(layout, merge);
        RunTime time = RunTime.of(layout);
        return new Plan(
                variant(settings),
                layout.replicas().stream().map(SourceCost::of).toList(),
                parameters(layout),
                mixture(settings),
                device,
                heap,
                checkpoint,
                Traffic.ofAll(settings),
                time,
                Limits.exceeded(layout, device, heap, checkpoint, time));
    }

    /** Whether no limit is exceeded. */
    public boolean fits() {
        return exceeded.isEmpty();
    }

    private static String variant(PipelineSettings settings) {
        String name = settings.merging().variant().name().toLowerCase(Locale.ROOT);
        return settings.merging().resetRounds() > 0 ? "act of " + name : name;
    }

    private static GroupSizes parameters(Layout layout) {
        return new GroupSizes(
                distinct(layout, ParameterGroup.BODY),
                distinct(layout, ParameterGroup.TOKENS),
                distinct(layout, ParameterGroup.POSITIONS));
    }

    private static long distinct(Layout layout, ParameterGroup group) {
        return layout.variant().shared().contains(group)
                ? layout.whole().of(group)
                : Layout.sum(layout.replicas(), each -> each.sizes().of(group));
    }

    /** Sizes to the power of the temperature, divided by their sum: 0 makes all shares equal, 1 leaves them. */
    private static Map<String, Double> mixture(PipelineSettings settings) {
        Map<String, Double> shares = new LinkedHashMap<>();
        if (settings.merging().variant() == Variant.STD) {
            for (SourceSettings source : settings.sources()) {
                shares.put(source.name(), Math.pow((double) source.sizeBytes().orElse(1), settings.temperature()));
            }
            double sum =
                    shares.values().stream().mapToDouble(Double::doubleValue).sum();
            shares.replaceAll((name, weight) -> weight / sum);
        }
        return shares;
    }
}
