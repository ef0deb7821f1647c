package io.tributary.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The model of a benchmark's job. */
final class BenchModelOptions {
    @Option(names = "--layers", paramLabel = "N", description = "Of the model (default: ${DEFAULT-VALUE}).")
    int layers = 8;

    @Option(names = "--width", paramLabel = "D", description = "Of the model (default: ${DEFAULT-VALUE}).")
    int width = 512;

    /** Everything that is wrong with the options, each in a sentence. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        DemoOptions.checkRange(problems, "--layers", layers, 1, 100);
        DemoOptions.checkRange(problems, "--width", width, 64, 8192);
        if (width % 64 != 0) {
            problems.add("--width " + width + " is no multiple of 64, the width of a head");
        }
        return problems;
    }
}
