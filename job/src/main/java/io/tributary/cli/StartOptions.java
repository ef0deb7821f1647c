package io.tributary.cli;

import io.tributary.record.SourceKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.CoreOptions;
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

    /** As a setting, which is kept with the others: a job goes on with as many subtasks as it had. */
    List<String> sets() {
        return parallelism.stream()
                .map(subtasks -> "flink.%s=%d".formatted(CoreOptions.DEFAULT_PARALLELISM.key(), subtasks))
                .toList();
    }
}
