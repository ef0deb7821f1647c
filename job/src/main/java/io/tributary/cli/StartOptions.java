package io.tributary.cli;

import io.tributary.record.SourceKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Option;

/** How a job is to run, beside what its settings say. */
final class StartOptions {
    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Subtasks of each operator (default: flink.parallelism.default of the settings, else"
                    + " cluster.subtasks, else 1).")
    Optional<Integer> parallelism = Optional.empty();

    /** Everything that is wrong with the options, each in a sentence. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        DemoOptions.checkRange(problems, "--parallelism", parallelism, 1, SourceKeys.MAX_PARALLELISM);
        return problems;
    }

    OptionalInt parallelism() {
        return parallelism.stream().mapToInt(Integer::intValue).findFirst();
    }
}
