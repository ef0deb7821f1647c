package io.tributary.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups what measures. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            PipelineBench.class,
            CheckpointBench.class,
            StepBenchCommand.class,
            MergeBenchCommand.class,
            TokenizeBenchCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        description = "Measure Tributary on this machine.")
final class BenchCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
