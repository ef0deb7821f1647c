package io.tributary.cli;

import io.tributary.bench.BenchRun;
import io.tributary.bench.StepBench;
import io.tributary.bench.StepSetup;
import io.tributary.model.Architecture;
import io.tributary.model.Computing;
import io.tributary.model.ModelShape;
import io.tributary.model.Positions;
import io.tributary.model.Precision;
import io.tributary.model.SavedProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The training step, beside its peers and what the hardware allows. */
@Command(
        name = "step",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "The training step: tokens per second, beside peers and the rate of matrix products.")
final class StepBenchCommand implements Callable<Integer>, Checked {
    /** Shapes that are measured when nothing else is said. */
    enum Preset {
        SMALL(6, 256, 4, 8192, 8, 256),
        LARGE(12, 768, 12, 32_768, 2, 512);

        private final int layers;
        private final int width;
        private final int heads;
        private final int pieces;
        private final int rows;
        private final int length;

        Preset(int layers, int width, int heads, int pieces, int rows, int length) {
            this.layers = layers;
            this.width = width;
            this.heads = heads;
            this.pieces = pieces;
            this.rows = rows;
            this.length = length;
        }
    }

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--presets",
            paramLabel = "NAME",
            split = ",",
            description = "Shapes to measure, one after the other: ${COMPLETION-CANDIDATES} (default: small)."
                    + " The options of the model change it.")
    private List<Preset> presets = List.of(Preset.SMALL);

    /** Layers of a body with what a bench has to know of them. */
    enum Layers {
        GPT2,
        LLAMA;

        Architecture of(int width, int heads) {
            return switch (this) {
                case GPT2 -> new Architecture.Gpt2(Positions.LEARNED);
                case LLAMA -> new Architecture.Llama(heads, 8 * width / 3, 10_000, false);
            };
        }
    }

    @Option(
            names = "--architecture",
            paramLabel = "NAME",
            description = "${COMPLETION-CANDIDATES} (default: GPT2). Only gpt2 has peers.")
    private Layers architecture = Layers.GPT2;

    @Option(names = "--alone", description = "Without peers.")
    private boolean alone;

    @Option(names = "--layers", paramLabel = "N", description = "Of the model.")
    private Optional<Integer> layers = Optional.empty();

    @Option(names = "--width", paramLabel = "D", description = "Of the model.")
    private Optional<Integer> width = Optional.empty();

    @Option(names = "--heads", paramLabel = "N", description = "Of attention; they divide the width.")
    private Optional<Integer> heads = Optional.empty();

    @Option(names = "--pieces", paramLabel = "N", description = "Size of the vocabulary.")
    private Optional<Integer> pieces = Optional.empty();

    @Option(names = "--rows", paramLabel = "N", description = "Of a batch.")
    private Optional<Integer> rows = Optional.empty();

    @Option(names = "--length", paramLabel = "N", description = "Tokens of a row.")
    private Optional<Integer> length = Optional.empty();

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description = "What Tributary computes with: ${COMPLETION-CANDIDATES} (default: what suits the processor).")
    private Optional<Precision> precision = Optional.empty();

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of a step, and of all that it is compared with (default: TRIBUTARY_THREADS or 1).")
    private Optional<Integer> threads = Optional.empty();

    @Option(names = "--repeats", paramLabel = "N", description = "Turns of each (default: ${DEFAULT-VALUE}).")
    private int repeats = 5;

    @Option(names = "--seconds", paramLabel = "S", description = "Of a turn (default: ${DEFAULT-VALUE}).")
    private int seconds = 2;

    @Option(
            names = "--memory-mib",
            paramLabel = "N",
            description =
                    "Of a vector that memory is measured with, more than the caches hold (default: ${DEFAULT-VALUE}).")
    private int memoryMib = 256;

    @Option(
            names = "--pytorch",
            paramLabel = "FILE",
            description = "The same step in PyTorch (default: docs/bench/gpt_step.py of this clone).")
    private Optional<Path> script = Optional.empty();

    @Option(
            names = "--save-program",
            paramLabel = "DIR",
            description = "Measure nothing, but write the program of the step for docs/bench/gpu_check.py.")
    private Optional<Path> program = Optional.empty();

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        DemoOptions.checkRange(problems, "--layers", layers, 1, 512);
        DemoOptions.checkRange(problems, "--width", width, 1, 65_536);
        DemoOptions.checkRange(problems, "--heads", heads, 1, 1024);
        DemoOptions.checkRange(problems, "--pieces", pieces, 2, 1_000_000);
        DemoOptions.checkRange(problems, "--rows", rows, 1, 65_536);
        DemoOptions.checkRange(problems, "--length", length, 1, 65_536);
        DemoOptions.checkRange(problems, "--threads", threads, 1, 1024);
        DemoOptions.checkRange(problems, "--repeats", repeats, 1, 1000);
        DemoOptions.checkRange(problems, "--seconds", seconds, 1, 3600);
        DemoOptions.checkRange(problems, "--memory-mib", memoryMib, 1, 4096);
        script.filter(file -> !Files.isRegularFile(file))
                .ifPresent(file -> problems.add("--pytorch " + file + ": there is no such file"));
        if (problems.isEmpty()) {
            for (Preset preset : presets) {
                int d = width.orElse(preset.width);
                int h = heads.orElse(preset.heads);
                if (d % h != 0) {
                    problems.add("%d heads do not divide a width of %d: choose --width and --heads together"
                            .formatted(h, d));
                }
            }
        }
        return problems;
    }

    @Override
    public Integer call() throws Exception {
        if (program.isPresent()) {
            StepSetup setup = setup(presets.get(0));
            SavedProgram.write(setup.shape(), Computing.onCpu(setup.precision()), program.get());
            return ExitCode.OK;
        }
        int used = threads.orElse(StepBench.defaultThreads());
        StepBench.useThreads(used);
        List<BenchRun> runs = new ArrayList<>();
        for (Preset preset : presets) {
            runs.add(new StepBench(
                            setup(preset),
                            used,
                            repeats,
                            seconds,
                            memoryMib,
                            alone,
                            script.or(StepBenchCommand::scriptOfThisClone))
                    .run());
        }
        BenchOutput.print("step", runs, output);
        return ExitCode.OK;
    }

    private static Optional<Path> scriptOfThisClone() {
        return Optional.ofNullable(System.getProperty("tributary.home"))
                .map(target ->
                        Path.of(target).resolve("../../docs/bench/gpt_step.py").normalize())
                .filter(Files::isRegularFile);
    }

    private StepSetup setup(Preset preset) {
        int d = width.orElse(preset.width);
        int h = heads.orElse(preset.heads);
        ModelShape shape =
                new ModelShape(layers.orElse(preset.layers), d, h, length.orElse(preset.length), architecture.of(d, h));
        return new StepSetup(
                shape, pieces.orElse(preset.pieces), rows.orElse(preset.rows), precision.orElseGet(Precision::detect));
    }
}
