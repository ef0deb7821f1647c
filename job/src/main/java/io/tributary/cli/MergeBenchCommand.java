package io.tributary.cli;

import io.tributary.bench.MergeBench;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Merging on one core, beside copying memory and sending a shard over loopback. */
@Command(
        name = "merge",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Merging: bytes of updates per second on one core, beside memory and loopback.")
final class MergeBenchCommand implements Callable<Integer>, Checked {
    @Mixin
    private Output output = new Output();

    @Option(
            names = "--shard-values",
            paramLabel = "N",
            description = "Values of a shard, 4 bytes each (default: ${DEFAULT-VALUE}).")
    private int shardValues = 1 << 18;

    @Option(
            names = "--sources",
            paramLabel = "N",
            description = "That send an update of it (default: ${DEFAULT-VALUE}).")
    private int sources = 8;

    @Option(names = "--repeats", paramLabel = "N", description = "Turns of each (default: ${DEFAULT-VALUE}).")
    private int repeats = 7;

    @Option(names = "--seconds", paramLabel = "S", description = "Of a turn (default: ${DEFAULT-VALUE}).")
    private double seconds = 0.5;

    @Option(
            names = "--memory-mib",
            paramLabel = "N",
            description = "Of the vector that is copied, more than the caches hold (default: ${DEFAULT-VALUE}).")
    private int memoryMib = 256;

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        DemoOptions.checkRange(problems, "--shard-values", shardValues, 1, 1 << 28);
        DemoOptions.checkRange(problems, "--sources", sources, 1, 1024);
        DemoOptions.checkRange(problems, "--repeats", repeats, 1, 1000);
        DemoOptions.checkRange(problems, "--memory-mib", memoryMib, 1, 1024);
        if (!(seconds > 0 && seconds <= 3600)) {
            problems.add("--seconds " + seconds + " is not above 0 and up to 3600");
        }
        return problems;
    }

    @Override
    public Integer call() throws Exception {
        MergeBench bench = new MergeBench(shardValues, sources, repeats, seconds, memoryMib);
        BenchOutput.print("merge", List.of(bench.run()), output);
        return ExitCode.OK;
    }
}
