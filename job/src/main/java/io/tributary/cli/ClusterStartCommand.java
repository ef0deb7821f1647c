package io.tributary.cli;

import io.tributary.embedded.ClusterClassPath;
import io.tributary.embedded.ClusterFolder;
import io.tributary.embedded.ClusterSettings;
import io.tributary.embedded.ClusterSettings.Scheduler;
import io.tributary.embedded.LocalCluster;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.MemorySize;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a cluster, or what is missing of one; options that are not given stay as they were. */
@Command(
        name = "start",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Start a Kafka broker, a JobManager and TaskManagers, or those of them that do not run.",
            "A folder's cluster keeps its settings, ports and data; options change the settings of one that is"
                    + " stopped, and add TaskManagers to one that runs."
        })
final class ClusterStartCommand implements Callable<Integer>, Checked {
    private static final int MAX_PROCESSES = 100;

    @Mixin
    private ClusterCommand.FolderOption place = new ClusterCommand.FolderOption();

    @Option(names = "--taskmanagers", paramLabel = "N", description = "Processes that train (default: 1).")
    private Optional<Integer> taskManagers = Optional.empty();

    @Option(
            names = "--slots",
            paramLabel = "N",
            description = "Subtasks of each operator that one TaskManager holds (default: 1).")
    private Optional<Integer> slots = Optional.empty();

    @Option(
            names = "--taskmanager-memory",
            paramLabel = "SIZE",
            description = "Memory of one TaskManager, as in 6g (default: 1g and 3g for each slot).")
    private Optional<String> memory = Optional.empty();

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "${env:TRIBUTARY_THREADS}",
            description = "Threads of one training subtask (default: TRIBUTARY_THREADS, or 1).")
    private Optional<Integer> threads = Optional.empty();

    @Option(
            names = "--scheduler",
            paramLabel = "NAME",
            description = "How Flink places and rescales jobs: ${COMPLETION-CANDIDATES} (default: DEFAULT).")
    private Optional<Scheduler> scheduler = Optional.empty();

    @Option(names = "--kafka-port", paramLabel = "PORT", description = "Kafka's port (default: any that is free).")
    private Optional<Integer> kafkaPort = Optional.empty();

    @Option(
            names = "--web-port",
            paramLabel = "PORT",
            description = "Port of Flink's web interface, 0 for any that is free (default: 8081).")
    private Optional<Integer> webPort = Optional.empty();

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting of Flink; repeat it for each. KEY= alone takes one back.")
    private Map<String, String> flink = Map.of();

    @Mixin
    private Output output = new Output();

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        DemoOptions.checkRange(problems, "--taskmanagers", taskManagers, 1, MAX_PROCESSES);
        DemoOptions.checkRange(problems, "--slots", slots, 1, MAX_PROCESSES);
        DemoOptions.checkRange(problems, "--threads", threads, 1, 1024);
        DemoOptions.checkRange(problems, "--kafka-port", kafkaPort, 0, 65_535);
        DemoOptions.checkRange(problems, "--web-port", webPort, 0, 65_535);
        try {
            memory.ifPresent(ClusterStartCommand::mebibytes);
        } catch (IllegalArgumentException e) {
            problems.add("--taskmanager-memory " + memory.orElse("") + " is not a size such as 6g or 6000m");
        }
        flink.forEach((key, value) -> {
            if (!value.isEmpty() && GlobalConfiguration.isSensitive(key)) {
                problems.add("--set " + key
                        + ": a secret would stand in the cluster's folder and in its command line for all"
                        + " to read; file systems take theirs from the environment, as docs/storage.md tells");
            }
        });
        return problems;
    }

    private static int mebibytes(String size) {
        return MemorySize.parse(size).getMebiBytes();
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ClusterFolder folder = new ClusterFolder(place.folder);
        // Before the first logger is made.
        System.setProperty("tributary.log", folder.log("start").toString());
        PrintWriter progress = output.progress();
        LocalCluster cluster = LocalCluster.at(
                folder.root(), settings(LocalCluster.settings(folder.root())), ClusterClassPath.installed());
        List<String> missing = cluster.names();
        cluster.alive().forEach(process -> missing.remove(process.name()));
        progress.println(starting(cluster, missing));
        progress.flush();
        Interrupt interrupt = Interrupt.onCtrlC(() -> {});
        try {
            cluster.startMissing();
        } finally {
            interrupt.done();
        }
        ClusterSettings settings = cluster.settings();
        output.print(
                Map.of(
                        "web",
                        cluster.webUrl(),
                        "kafka",
                        cluster.bootstrapServers(),
                        "taskManagers",
                        settings.taskManagers(),
                        "slots",
                        settings.slots(),
                        "folder",
                        folder.root().toString()),
                () -> List.of(
                        "Flink " + cluster.webUrl() + "   Kafka " + cluster.bootstrapServers(),
                        settings.taskManagers() + " x " + settings.slots()
                                + " slots; data, logs and checkpoints are in " + folder.root()));
        return ExitCode.OK;
    }

    private static String starting(LocalCluster cluster, List<String> missing) {
        if (missing.isEmpty()) {
            return "All of the cluster runs already";
        }
        String names = String.join(", ", missing);
        return cluster.alive().isEmpty() ? "Starting " + names : "The others run already; starting " + names;
    }

    private ClusterSettings settings(Optional<ClusterSettings> kept) {
        int slotsOfEach = slots.or(() -> kept.map(ClusterSettings::slots)).orElse(1);
        Map<String, String> flinkSettings =
                new TreeMap<>(kept.map(ClusterSettings::flink).orElse(Map.of()));
        flinkSettings.putAll(flink);
        flinkSettings.values().removeIf(String::isEmpty);
        return new ClusterSettings(
                taskManagers.or(() -> kept.map(ClusterSettings::taskManagers)).orElse(1),
                slotsOfEach,
                memory.map(ClusterStartCommand::mebibytes)
                        .or(() -> kept.map(ClusterSettings::taskManagerMemory))
                        .orElse(ClusterSettings.memoryFor(slotsOfEach)),
                threads.or(() -> kept.map(ClusterSettings::threads)).orElse(1),
                scheduler.or(() -> kept.map(ClusterSettings::scheduler)).orElse(Scheduler.DEFAULT),
                webPort.or(() -> kept.map(ClusterSettings::webPort)).orElse(ClusterSettings.WEB_PORT),
                kafkaPort.or(() -> kept.map(ClusterSettings::kafkaPort)).orElse(0),
                flinkSettings);
    }
}
