package io.tributary.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tributary.embedded.ClusterOverview;
import io.tributary.embedded.ClusterProcess;
import io.tributary.embedded.LocalCluster;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.plan.ByteSize;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** Shows the processes of a cluster and its slots. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Show what runs of a cluster. It ends with 0 only if everything does.")
final class ClusterStatusCommand implements Callable<Integer> {
    private static final List<String> HEADER = List.of("process", "state", "pid", "uptime", "memory", "port");

    @Mixin
    private ClusterCommand.FolderOption place = new ClusterCommand.FolderOption();

    @Mixin
    private Output output = new Output();

    /** What is known of one process. */
    private record Row(
            String name,
            Optional<Long> pid,
            Optional<Duration> uptime,
            Optional<Long> residentBytes,
            Optional<Integer> port) {
        boolean up() {
            return uptime.isPresent();
        }

        List<String> cells() {
            return List.of(
                    name,
                    up() ? "up" : "down",
                    pid.map(String::valueOf).orElse("-"),
                    uptime.map(Row::text).orElse("-"),
                    residentBytes.map(ByteSize::text).orElse("-"),
                    port.map(String::valueOf).orElse("-"));
        }

        private static String text(Duration uptime) {
            return String.format(
                    Locale.ROOT, "%d:%02d:%02d", uptime.toHours(), uptime.toMinutesPart(), uptime.toSecondsPart());
        }

        void write(ObjectNode node) {
            node.put("name", name).put("up", up());
            pid.ifPresent(value -> node.put("pid", value));
            uptime.ifPresent(value -> node.put("uptimeSeconds", value.toSeconds()));
            residentBytes.ifPresent(value -> node.put("residentBytes", value));
            port.ifPresent(value -> node.put("port", value));
        }
    }

    /** @throws Failure if a process is down or a TaskManager has not registered */
    @Override
    public Integer call() throws IOException, InterruptedException {
        LocalCluster cluster = LocalCluster.open(place.folder);
        List<Row> rows =
                cluster.names().stream().map(name -> row(cluster, name)).toList();
        Optional<ClusterOverview> overview = cluster.overview();
        boolean up = rows.stream().allMatch(Row::up)
                && overview.filter(
                                now -> now.taskManagers() >= cluster.settings().taskManagers())
                        .isPresent();
        output.print(json(cluster, rows, overview, up), () -> lines(cluster, rows, overview));
        if (!up) {
            throw new Failure(
                    ErrorCode.CLUSTER_DOWN,
                    "Not all of the cluster in %s runs: ./tributary cluster start brings it back, ./tributary cluster logs tells more"
                            .formatted(place.folder));
        }
        return ExitCode.OK;
    }

    private static List<String> lines(LocalCluster cluster, List<Row> rows, Optional<ClusterOverview> overview) {
        List<String> lines = new ArrayList<>(
                Table.render(HEADER, rows.stream().map(Row::cells).toList()));
        lines.add("Flink " + cluster.webUrl() + "   Kafka " + cluster.bootstrapServers());
        lines.add(overview.map(now ->
                        now.slots() + " slots, " + now.freeSlots() + " free, " + now.runningJobs() + " jobs running")
                .orElse("The JobManager does not answer"));
        return lines;
    }

    private static Row row(LocalCluster cluster, String name) {
        Optional<ClusterProcess> process = cluster.process(name).filter(ClusterProcess::alive);
        return new Row(
                name,
                process.map(ClusterProcess::pid),
                process.flatMap(ClusterProcess::uptime),
                process.flatMap(ClusterProcess::residentBytes),
                cluster.port(name));
    }

    private static ObjectNode json(
            LocalCluster cluster, List<Row> rows, Optional<ClusterOverview> overview, boolean up) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("up", up).put("web", cluster.webUrl()).put("kafka", cluster.bootstrapServers());
        overview.ifPresent(
                now -> root.putObject("slots").put("total", now.slots()).put("free", now.freeSlots()));
        overview.ifPresent(now -> root.put("runningJobs", now.runningJobs()));
        rows.forEach(row -> row.write(root.withArray("processes").addObject()));
        return root;
    }
}
