package io.tributary.embedded;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.configuration.Configuration;
import org.apache.kafka.clients.admin.Admin;

/** One start of some or all processes of a {@link LocalCluster}, until they serve. */
final class ClusterStart {
    /** Seconds on an idle machine, and many times that on one that does other things. */
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static final long POLL_MS = 100;
    private static final File NOTHING = new File("/dev/null");

    private final ClusterFolder folder;
    private final ClusterClassPath classPath;
    private final Configuration flink;
    private final Map<String, Process> started = new LinkedHashMap<>();
    private ClusterState state;

    ClusterStart(ClusterFolder folder, ClusterState state, ClusterClassPath classPath) {
        this.folder = folder;
        this.classPath = classPath;
        this.state = state;
        this.flink = FlinkSettings.of(state, folder);
    }

    /** Starts these processes and returns the state with them; ends them again if that fails. */
    ClusterState run(List<String> missing) throws IOException, InterruptedException {
        checkPorts(missing);
        configure();
        FlinkRest rest = new FlinkRest(state.web());
        Map<String, String> before = rest.taskManagers();
        try {
            for (String name : missing) {
                launch(name);
            }
            awaitBroker();
            awaitTaskManagers(rest, before);
            return state;
        } catch (IOException | InterruptedException | RuntimeException e) {
            LocalCluster.end(state.alive().stream()
                    .filter(process -> started.containsKey(process.name()))
                    .toList());
            throw e;
        }
    }

    private void checkPorts(List<String> missing) throws IOException {
        if (missing.contains(LocalCluster.BROKER)) {
            Loopback.port("Kafka", state.settings().kafkaPort());
            Loopback.port("Kafka's controller", state.controllerPort());
        }
        if (missing.contains(LocalCluster.JOB_MANAGER)) {
            Loopback.port("Flink's web interface", state.settings().webPort());
            Loopback.port("Flink's JobManager", state.jobManagerPort());
        }
    }

    private void configure() throws IOException {
        folder.create();
        List<String> lines = new ArrayList<>(List.of("# Written at each start; give --set to change something."));
        lines.addAll(FlinkSettings.lines(flink));
        Files.write(folder.conf().resolve("config.yaml"), lines);
        copy(FlinkCommand.JVM_OPTIONS);
        copy(FlinkCommand.LOG_SETTINGS);
        BrokerProperties.write(
                brokerProperties(),
                folder.kafka().resolve("data"),
                state.settings().kafkaPort(),
                state.controllerPort());
    }

    /** Flink's processes have no class path with Tributary's own resources. */
    private void copy(String resource) throws IOException {
        try (InputStream in =
                Objects.requireNonNull(ClusterStart.class.getResourceAsStream("/" + resource), resource)) {
            Files.copy(in, folder.conf().resolve(resource), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private Path brokerProperties() {
        return folder.kafka().resolve("server.properties");
    }

    private void launch(String name) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command(name))
                .directory(folder.root().toFile())
                .redirectErrorStream(true)
                .redirectInput(NOTHING)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.log(name).toFile()));
        builder.environment()
                .put("OMP_NUM_THREADS", String.valueOf(state.settings().threads()));
        // Threads of OpenMP spin while they wait for each other, on cores that others train on: two processes of two
        // threads trained half as much on two cores (docs/LOG.md). One that has its cores for itself loses 1 to 11 %.
        if (state.settings().trainsOnMoreThanThe(Runtime.getRuntime().availableProcessors())) {
            builder.environment().putIfAbsent("OMP_WAIT_POLICY", "PASSIVE");
        }
        // Tensors of one life of a job would leave holes in every arena that its threads allocate from, and glibc makes
        // eight for each core: 10 MB more after each of 20 lives, and none with these.
        builder.environment()
                .putIfAbsent(
                        "MALLOC_ARENA_MAX", String.valueOf(1 + state.settings().slots()));
        Process process = builder.start();
        started.put(name, process);
        // At once: a program that is ended in the middle of a start leaves no process that nobody knows of.
        Optional<ClusterProcess> running = ClusterProcess.of(name, process.pid());
        if (running.isEmpty()) {
            // It has ended already, or else nobody could end it later.
            process.destroyForcibly().waitFor();
            throw ended(name, process);
        }
        state = state.with(running.get());
        state.write(folder.state());
    }

    private List<String> command(String name) throws IOException {
        Path temporary = folder.newTemporary(name);
        FlinkCommand command = new FlinkCommand(
                flink, folder, classPath.flink(), state.settings().threads());
        return switch (name) {
            case LocalCluster.BROKER ->
                Broker.command(
                        classPath.broker(),
                        brokerProperties(),
                        List.of("-Djava.io.tmpdir=" + temporary),
                        BrokerMain.DETACHED);
            case LocalCluster.JOB_MANAGER -> command.jobManager(name, temporary);
            default -> command.taskManager(name, temporary);
        };
    }

    private void awaitBroker() throws IOException, InterruptedException {
        if (!started.containsKey(LocalCluster.BROKER)) {
            return;
        }
        long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
        try (Admin admin = Broker.admin(state.kafka())) {
            while (!Broker.answers(admin)) {
                checkStarted(deadlineNanos, LocalCluster.BROKER);
            }
        }
    }

    /**
     * Waits for each TaskManager that belongs to the cluster. For a while the JobManager still shows the registration of
     * one that was killed: one that was started now is there when it has another address than before.
     */
    private void awaitTaskManagers(FlinkRest rest, Map<String, String> before)
            throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + LIMIT.toNanos();
        List<String> awaited = new ArrayList<>(state.settings().processes());
        awaited.removeIf(name -> !name.startsWith(LocalCluster.TASK_MANAGER));
        while (true) {
            Map<String, String> now = rest.taskManagers();
            awaited.removeIf(name -> now.containsKey(name)
                    && !(started.containsKey(name) && Objects.equals(now.get(name), before.get(name))));
            if (awaited.isEmpty()) {
                return;
            }
            checkStarted(deadlineNanos, awaited.get(0));
            Thread.sleep(POLL_MS);
        }
    }

    private void checkStarted(long deadlineNanos, String awaited) throws IOException {
        for (Map.Entry<String, Process> one : started.entrySet()) {
            if (!one.getValue().isAlive()) {
                throw ended(one.getKey(), one.getValue());
            }
        }
        if (System.nanoTime() > deadlineNanos) {
            throw new Failure(
                    ErrorCode.CLUSTER_DOWN,
                    "The cluster's " + awaited + " did not serve within " + LIMIT.toMinutes() + " minutes"
                            + endOfLog(awaited));
        }
    }

    private IOException ended(String name, Process process) {
        return new Failure(
                ErrorCode.CLUSTER_DOWN,
                "The cluster's " + name + " ended with status " + process.exitValue() + endOfLog(name));
    }

    private String endOfLog(String name) {
        Path log = folder.log(name);
        try {
            return "; the end of " + log + ":\n" + LogEnd.of(log);
        } catch (IOException e) {
            return ", and its log cannot be read: " + e;
        }
    }
}
