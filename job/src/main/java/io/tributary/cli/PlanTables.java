package io.tributary.cli;

import io.tributary.config.PipelineSettings;
import io.tributary.model.ModelShape;
import io.tributary.plan.ByteSize;
import io.tributary.plan.GroupBytes;
import io.tributary.plan.GroupSizes;
import io.tributary.plan.Part;
import io.tributary.plan.Plan;
import io.tributary.plan.RunTime;
import io.tributary.plan.SourceCost;
import io.tributary.plan.SubtaskMemory;
import io.tributary.plan.Traffic;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A plan for people. */
final class PlanTables {
    private static final List<String> PARAMETERS =
            List.of("source", "subtask", "pieces", "T", "body", "tokens", "positions", "all", "GFLOP/token");
    private static final List<String> BYTES =
            List.of("method", "source", "body", "tokens", "positions", "row ids", "a round", "a step");

    private final PipelineSettings settings;
    private final Plan plan;
    private final PrintWriter out;

    PlanTables(PipelineSettings settings, Plan plan, PrintWriter out) {
        this.settings = settings;
        this.plan = plan;
        this.out = out;
    }

    void print() {
        ModelShape shape = settings.shape();
        out.println(text(
                "%s: %d layers, width %,d, %d heads, rows of %,d tokens; %d sources, parallelism %d",
                plan.variant(),
                shape.layers(),
                shape.width(),
                shape.heads(),
                shape.sequenceLength(),
                settings.sources().size(),
                settings.cluster().subtasks()));
        printParameters();
        printMemory("Device memory", plan.device());
        printMemory("Heap memory", plan.heap());
        out.println();
        out.println("A checkpoint at most, when every source is at the end of a round:");
        printParts(plan.checkpoint());
        printTraffic();
        printTime();
        plan.exceeded().forEach(reason -> out.println("Does not fit: " + reason));
        if (plan.fits()) {
            out.println("It fits.");
        }
    }

    private void printParameters() {
        out.println();
        out.println("Parameters:");
        List<List<String>> rows = new ArrayList<>();
        for (SourceCost source : plan.sources()) {
            rows.add(parameters(
                    List.of(
                            source.model(),
                            count(source.subtask()),
                            count(source.pieces()),
                            count(source.sequenceLength())),
                    source.parameters(),
                    text("%.3f", source.flopsPerToken() / 1e9)));
        }
        rows.add(parameters(List.of("the run", "", "", ""), plan.parameters(), ""));
        Table.render(PARAMETERS, rows).forEach(out::println);
        plan.mixture()
                .forEach((source, share) -> out.println(text("%.1f %% of the mixture is %s", 100 * share, source)));
    }

    private static List<String> parameters(List<String> first, GroupSizes sizes, String last) {
        List<String> row = new ArrayList<>(first);
        row.addAll(List.of(
                count(sizes.body()), count(sizes.tokens()), count(sizes.positions()), count(sizes.total()), last));
        return row;
    }

    private void printMemory(String what, SubtaskMemory memory) {
        String models = memory.models().isEmpty() ? "no source" : String.join(", ", memory.models());
        out.println();
        out.println(what + " of subtask " + memory.subtask() + ", which needs the most (" + models + "):");
        printParts(memory.parts());
    }

    private void printParts(List<Part> parts) {
        List<List<String>> rows = new ArrayList<>();
        parts.forEach(part -> rows.add(List.of(part.name(), ByteSize.text(part.bytes()))));
        rows.add(List.of(
                "all", ByteSize.text(parts.stream().mapToLong(Part::bytes).sum())));
        Table.render(List.of("part", "bytes"), rows).forEach(out::println);
    }

    /** What comes back is as much as what was sent, so one table says both. */
    private void printTraffic() {
        out.println();
        out.println("Sent by a source that takes part in a round of "
                + settings.rounds().localSteps() + " steps, and received after it.");
        out.println("Rows of trim come back for each source, all else to a subtask once for all its sources:");
        List<List<String>> rows = new ArrayList<>();
        for (Traffic traffic : plan.traffic()) {
            GroupBytes bytes = traffic.sent();
            if (bytes.total() > 0) {
                rows.add(List.of(
                        traffic.method(),
                        traffic.source(),
                        ByteSize.text(bytes.body()),
                        ByteSize.text(bytes.tokens()),
                        ByteSize.text(bytes.positions()),
                        ByteSize.text(bytes.rowIds()),
                        ByteSize.text(bytes.total()),
                        ByteSize.text(Math.round(traffic.sentPerStep()))));
            }
        }
        Table.render(BYTES, rows).forEach(out::println);
        out.println("std and single send nothing but the marks that end a round; act sends what its base does.");
    }

    private void printTime() {
        RunTime time = plan.time();
        double flops = plan.sources().stream()
                .mapToDouble(SourceCost::flopsPerToken)
                .max()
                .orElseThrow();
        double tokensPerSecond = settings.cluster().tokensPerSecond();
        out.println();
        out.println(text(
                "At %,.0f tokens/s a subtask computes up to %.3f TFLOP/s.",
                tokensPerSecond, tokensPerSecond * flops / 1e12));
        out.println(text(
                "A round takes %s: %s of steps and %s of communication. %,d rounds take %s.",
                duration(time.trainSeconds() + time.communicationSeconds()),
                duration(time.trainSeconds()),
                duration(time.communicationSeconds()),
                time.rounds(),
                duration(time.totalSeconds())));
    }

    private static String duration(double seconds) {
        if (seconds < 120) {
            return text("%.1f s", seconds);
        }
        if (seconds < 2 * 3600) {
            return text("%.1f min", seconds / 60);
        }
        return seconds < 2 * 86_400 ? text("%.1f h", seconds / 3600) : text("%,.1f days", seconds / 86_400);
    }

    private static String count(long number) {
        return text("%,d", number);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
