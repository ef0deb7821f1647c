package io.tributary.cli;

import io.tributary.config.PipelineSettings;
import io.tributary.config.SettingsException;
import io.tributary.config.SettingsFile;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.model.ModelShape;
import io.tributary.plan.Cost;
import io.tributary.plan.Plan;
import io.tributary.plan.Preset;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What a run will cost: one that a settings file describes, or a published set-up under each method, as it was published
 * and as Tributary counts it.
 */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "What a model costs under each method: parameters, communication, memory, operations.")
final class PlanCommand implements Callable<Integer>, Checked {
    private static final List<String> PARAMETERS =
            List.of("method", "vocabulary", "embedding", "in memory", "per round", "per step", "times fewer");
    private static final List<String> COMPUTED = List.of("method", "GFLOP/token", "GB with AdamW");

    /** As they are written on the command line. */
    static final class PresetNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(Preset.values()).map(Preset::label).iterator();
        }
    }

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            completionCandidates = PresetNames.class,
            description = "A published set-up: ${COMPLETION-CANDIDATES}.")
    String preset = "";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The settings of a pipeline in YAML, as in docs/examples/plan.yaml.")
    Optional<Path> config = Optional.empty();

    @Mixin
    SetOptions sets = new SetOptions();

    @Mixin
    private Output output = new Output();

    private Optional<PipelineSettings> settings = Optional.empty();

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (config.isPresent()) {
            if (!preset.isEmpty()) {
                problems.add("--preset and --config exclude each other: a file has everything");
            }
            problems.addAll(read(config.get()));
        } else {
            problems.addAll(presetProblems());
            if (output.isJson()) {
                problems.add("--json needs --config");
            }
            if (!sets.sets.isEmpty()) {
                problems.add("--set needs --config");
            }
        }
        return problems;
    }

    private List<String> read(Path file) {
        try {
            settings = Optional.of(SettingsFile.read(file, sets.sets));
            return List.of();
        } catch (SettingsException e) {
            return e.problems(file);
        }
    }

    private List<String> presetProblems() {
        if (Preset.named(preset).isPresent()) {
            return List.of();
        }
        String known = Arrays.stream(Preset.values()).map(Preset::label).collect(Collectors.joining(", "));
        String problem = preset.isEmpty() ? "--preset is missing" : "--preset " + preset + " is not known";
        return List.of(problem + ": name one of " + known + ", or a settings file with --config");
    }

    /** @throws Failure if the run that is planned does not fit */
    @Override
    public Integer call() throws IOException {
        if (settings.isEmpty()) {
            Preset.named(preset).ifPresent(this::print);
            return ExitCode.OK;
        }
        Plan plan = Plan.of(settings.get());
        if (output.isJson()) {
            output.print(plan, List::of);
        } else {
            new PlanTables(settings.get(), plan, output.out()).print();
        }
        if (!plan.fits()) {
            throw new Failure(ErrorCode.PLAN_TOO_LARGE, "The run does not fit: " + String.join("; ", plan.exceeded()));
        }
        return ExitCode.OK;
    }

    private void print(Preset known) {
        PrintWriter out = output.out();
        ModelShape shape = known.shape();
        out.println(text(
                "%s: %d layers, width %,d, %d heads, rows of %,d tokens",
                known.label(), shape.layers(), shape.width(), shape.heads(), shape.sequenceLength()));
        out.println("Millions of parameters of one source, sent one way; a round has " + Preset.LOCAL_STEPS + " steps");
        out.println();
        out.println(text(
                "As published, with the body that this implies: %,d M - %,d x %,d",
                known.nominalParameters() / 1_000_000, Preset.NOMINAL_PIECES, shape.width()));
        printParameters(out, known.nominal());
        out.println();
        out.println(text(
                "As Tributary counts: body %,d, learned positions %,d",
                shape.bodyParameters(), shape.positionParameters()));
        printParameters(out, known.exact());
        out.println();
        out.println("Computed from Tributary's count: operations that train one token, and memory of");
        out.println("FP32 weights with AdamW's two moments, without gradients and activations");
        Table.render(
                        COMPUTED,
                        known.exact().stream()
                                .map(cost -> computed(shape, cost))
                                .toList())
                .forEach(out::println);
    }

    private static void printParameters(PrintWriter out, List<Cost> costs) {
        // The first is plain data parallelism, beside which the others are cheap.
        double first = costs.get(0).parametersPerStep();
        Table.render(
                        PARAMETERS,
                        costs.stream().map(cost -> parameters(cost, first)).toList())
                .forEach(out::println);
    }

    private static List<String> parameters(Cost cost, double first) {
        return List.of(
                cost.method().label(),
                text("%,d", cost.pieces()),
                millions((double) cost.sizes().tokens()),
                millions((double) cost.sizes().total()),
                millions((double) cost.parametersPerRound()),
                millions(cost.parametersPerStep()),
                text("%.0f", first / cost.parametersPerStep()));
    }

    private static List<String> computed(ModelShape shape, Cost cost) {
        return List.of(
                cost.method().label(),
                text("%.3f", shape.flopsPerToken(cost.pieces()) / 1e9),
                text("%.3f", cost.adamWBytes() / 1e9));
    }

    private static String millions(double parameters) {
        return text("%,.3f", parameters / 1e6);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
