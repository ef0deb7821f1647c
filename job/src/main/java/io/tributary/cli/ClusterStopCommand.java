package io.tributary.cli;

import io.tributary.embedded.ClusterOverview;
import io.tributary.embedded.ClusterProcess;
import io.tributary.embedded.LocalCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Stops a cluster. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Stop all processes of a cluster. Its data stay, for the next start.")
final class ClusterStopCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterCommand.FolderOption place = new ClusterCommand.FolderOption();

    @Option(
            names = "--delete",
            description = "Remove all of it too: topics, checkpoints, savepoints, snapshots and logs.")
    private boolean delete;

    @Override
    public Integer call() throws IOException, InterruptedException {
        LocalCluster cluster = LocalCluster.open(place.folder);
        PrintWriter out = spec.commandLine().getOut();
        int jobs = cluster.overview().map(ClusterOverview::runningJobs).orElse(0);
        String alive = cluster.alive().stream().map(ClusterProcess::name).collect(Collectors.joining(", "));
        out.println(alive.isEmpty() ? "Nothing of the cluster runs" : "Stopping " + alive);
        out.flush();
        List<String> forced = cluster.stop();
        if (!forced.isEmpty()) {
            out.println("Ended at once, after a time in which they did not stop: " + String.join(", ", forced));
        }
        if (delete) {
            cluster.delete();
            out.println("Removed what it wrote in " + cluster.folder().root());
        } else if (jobs > 0) {
            out.println("Jobs that ran: " + jobs + "; their last checkpoints are in "
                    + cluster.folder().checkpoints());
        }
        return ExitCode.OK;
    }
}
