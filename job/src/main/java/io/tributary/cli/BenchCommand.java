package io.tributary.cli;

import picocli.CommandLine.Command;

/** Groups what measures. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            PipelineBench.class,
            CheckpointBench.class,
            RoundBench.class,
            StepBenchCommand.class,
            MergeBenchCommand.class,
            TokenizeBenchCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        description = "Measure Tributary on this machine.")
final class BenchCommand extends CommandGroup {}
