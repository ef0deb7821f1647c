package io.tributary.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Groups what starts, shows and stops a cluster on this machine. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            ClusterStartCommand.class,
            ClusterStatusCommand.class,
            ClusterLogsCommand.class,
            ClusterStopCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        description = "Kafka and a Flink session cluster on this machine alone, as processes that outlive the command.")
final class ClusterCommand extends CommandGroup {
    /** The option that all commands on a cluster have. */
    static final class FolderOption {
        @Option(
                names = "--folder",
                paramLabel = "FOLDER",
                description = "Where all files of the cluster are (default: ${DEFAULT-VALUE}).")
        Path folder = Path.of("runs", "cluster");
    }
}
