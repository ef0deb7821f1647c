package io.tributary.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Single settings that count instead of the file's. */
final class SetOptions {
    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "A setting that counts instead of the file's, as in rounds.localSteps=60 or"
                    + " sources[de].size=3GB; repeat it for more. No place for secrets: others see the command line.")
    List<String> sets = new ArrayList<>();
}
