package io.tributary.cli;

import io.tributary.embedded.LocalCluster;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the ends of logs with the system's own {@code tail}. */
@Command(
        name = "logs",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Show the end of the logs of a cluster.")
final class ClusterLogsCommand implements Callable<Integer>, Checked {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterCommand.FolderOption place = new ClusterCommand.FolderOption();

    @Parameters(
            arity = "0..*",
            paramLabel = "PROCESS",
            description = "broker, jobmanager, taskmanager-1 and so on (default: all).")
    private List<String> names = List.of();

    @Option(names = "--lines", paramLabel = "N", description = "Lines of each (default: ${DEFAULT-VALUE}).")
    private int lines = 20;

    @Option(names = "--follow", description = "Go on with what is written, until Ctrl-C.")
    private boolean follow;

    @Override
    public List<String> problems() {
        return lines < 0 ? List.of("--lines " + lines + " is less than 0") : List.of();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        LocalCluster cluster = LocalCluster.open(place.folder);
        List<String> wanted = names.isEmpty() ? cluster.names() : names;
        List<String> unknown = new ArrayList<>(wanted);
        unknown.removeAll(cluster.names());
        if (!unknown.isEmpty()) {
            throw new Failure(
                    ErrorCode.COMMAND_LINE,
                    String.join(", ", unknown) + " is not a process of this cluster: it has "
                            + String.join(", ", cluster.names()));
        }
        List<String> command = new ArrayList<>(List.of("tail", "-n", String.valueOf(lines)));
        if (follow) {
            command.add("-F");
        }
        List<Path> logs =
                wanted.stream().map(name -> cluster.folder().log(name)).toList();
        List<Path> there = logs.stream().filter(Files::exists).toList();
        if (there.isEmpty()) {
            throw new Failure(
                    ErrorCode.COMMAND_LINE, "There is no " + logs.get(0) + " yet: the process was never started");
        }
        there.forEach(log -> command.add(log.toString()));
        return print(command);
    }

    private int print(List<String> command) throws IOException, InterruptedException {
        Process tail = new ProcessBuilder(command).redirectErrorStream(true).start();
        PrintWriter out = spec.commandLine().getOut();
        try (BufferedReader reader = tail.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                out.println(line);
                // Nobody reads on, as behind "| head".
                if (out.checkError()) {
                    tail.destroy();
                    return ExitCode.OK;
                }
            }
        }
        return tail.waitFor() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}
