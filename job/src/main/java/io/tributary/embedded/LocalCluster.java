package io.tributary.embedded;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A Kafka broker and a Flink session cluster for one machine, as processes that outlive the one that starts them,
 * reachable on loopback only. All that is known of them is in one folder, so that any later process can take over.
 */
public final class LocalCluster {
    /** The name of the broker's process. */
    public static final String BROKER = "broker";
    /** The name of the JobManager's process. */
    public static final String JOB_MANAGER = "jobmanager";
    /** The names of the TaskManagers' processes begin with this and end with a number from 1 on. */
    public static final String TASK_MANAGER = "taskmanager-";

    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final long POLL_MS = 50;

    private final ClusterFolder folder;
    private final ClusterClassPath classPath;
    private ClusterState state;

    private LocalCluster(ClusterFolder folder, ClusterClassPath classPath, ClusterState state) {
        this.folder = folder;
        this.classPath = classPath;
        this.state = state;
    }

    /**
     * Writes down a cluster with these settings, without starting it; one that is there keeps its ports and data.
     *
     * @throws IOException if a process of the cluster runs and the settings are others, but for more TaskManagers
     */
    @SuppressWarnings("try") // the lock is only held
    public static LocalCluster at(Path root, ClusterSettings settings, ClusterClassPath classPath) throws IOException {
        ClusterFolder folder = new ClusterFolder(root);
        folder.create();
        try (ClusterLock lock = ClusterLock.of(folder)) {
            Optional<ClusterState> before = ClusterState.read(folder.state());
            ClusterState state = before.isPresent() ? before.get().with(settings) : ClusterState.create(settings);
            if (before.isPresent() && !before.get().alive().isEmpty()) {
                checkAllMayStay(before.get(), state.settings());
            }
            checkFlinkSettings(state, folder);
            state.write(folder.state());
            return new LocalCluster(folder, classPath, state);
        }
    }

    /** The same as {@link #at} and {@link #startMissing}. */
    public static LocalCluster start(Path root, ClusterSettings settings, ClusterClassPath classPath)
            throws IOException, InterruptedException {
        LocalCluster cluster = at(root, settings, classPath);
        cluster.startMissing();
        return cluster;
    }

    /**
     * The cluster of a folder, whether it runs or not.
     *
     * @throws IOException if there never was one
     */
    public static LocalCluster open(Path root, ClusterClassPath classPath) throws IOException {
        ClusterFolder folder = new ClusterFolder(root);
        ClusterState state = ClusterState.read(folder.state())
                .orElseThrow(() -> new Failure(
                        ErrorCode.NO_CLUSTER,
                        "There is no cluster in " + folder.root()
                                + ": name its folder with --folder, or start one with: tributary cluster start"));
        return new LocalCluster(folder, classPath, state);
    }

    /** The same, for programs that start nothing. */
    public static LocalCluster open(Path root) throws IOException {
        return open(root, ClusterClassPath.ofThisJvm());
    }

    /** The settings of the cluster of a folder, if there is one. */
    public static Optional<ClusterSettings> settings(Path root) throws IOException {
        return ClusterState.read(new ClusterFolder(root).state()).map(ClusterState::settings);
    }

    private static void checkFlinkSettings(ClusterState state, ClusterFolder folder) throws Failure {
        try {
            FlinkSettings.of(state, folder);
        } catch (IllegalArgumentException e) {
            throw new Failure(ErrorCode.COMMAND_LINE, String.valueOf(e.getMessage()), e);
        }
    }

    /** Fewer TaskManagers than were wanted last are fine where the others never came up. */
    private static void checkAllMayStay(ClusterState running, ClusterSettings wanted) throws IOException {
        List<String> alive = running.alive().stream().map(ClusterProcess::name).toList();
        if (!wanted.equals(running.settings().withTaskManagers(wanted.taskManagers()))
                || !wanted.processes().containsAll(alive)) {
            throw new Failure(
                    ErrorCode.BUSY,
                    "The cluster runs with other settings, and only more TaskManagers can be added to a"
                            + " running one: stop it first with: tributary cluster stop");
        }
    }

    /** Where the web and REST interface of Flink is. */
    public String webUrl() {
        return state.web();
    }

    /** Where clients of Kafka connect, as host:port. */
    public String bootstrapServers() {
        return state.kafka();
    }

    /** Where all files of the cluster are. */
    public ClusterFolder folder() {
        return folder;
    }

    /** What the cluster is made of, with the ports that were chosen. */
    public ClusterSettings settings() {
        return state.settings();
    }

    /** The names of all processes that belong to it. */
    public List<String> names() {
        return state.settings().processes();
    }

    /** A process by its name, as it was started last; it may have ended. Nothing if it was stopped, or never started. */
    public Optional<ClusterProcess> process(String name) {
        return state.processes().stream()
                .filter(process -> process.name().equals(name))
                .findFirst();
    }

    /** Where others reach a process, if that stays the same for all its starts. */
    public Optional<Integer> port(String name) {
        return switch (name) {
            case BROKER -> Optional.of(state.settings().kafkaPort());
            case JOB_MANAGER -> Optional.of(state.settings().webPort());
            default -> Optional.empty();
        };
    }

    /** The processes that run. */
    public List<ClusterProcess> alive() {
        return state.alive();
    }

    /** What the JobManager says, or nothing if it does not answer. */
    public Optional<ClusterOverview> overview() throws InterruptedException {
        return new FlinkRest(state.web()).overview();
    }

    /**
     * Starts the processes that do not run, with the names, ports and data they had, and waits until the broker answers
     * and every TaskManager has registered its slots. If that fails, those that were started are ended again.
     *
     * @return the names of those that were started
     * @throws IOException if a port is taken, or a process ends or stays silent; with the end of its log
     */
    @SuppressWarnings("try")
    public List<String> startMissing() throws IOException, InterruptedException {
        try (ClusterLock lock = ClusterLock.of(folder)) {
            refresh();
            List<String> alive =
                    state.alive().stream().map(ClusterProcess::name).toList();
            List<String> missing = new ArrayList<>(names());
            missing.removeAll(alive);
            if (!missing.isEmpty()) {
                ClusterClassPath kept = classPath.keptBy(folder, !alive.isEmpty());
                state = new ClusterStart(folder, state, kept).run(missing);
            }
            return missing;
        }
    }

    /**
     * Ends a process at once (SIGKILL) and waits until it is gone, as a fault would end it; {@link #startMissing} brings
     * it back.
     *
     * @throws IOException if it does not run
     */
    public void killForcibly(String name) throws IOException, InterruptedException {
        ClusterProcess process = process(name)
                .filter(ClusterProcess::alive)
                .orElseThrow(() -> new IOException("No process " + name + " runs in the cluster of " + folder.root()));
        process.kill();
        awaitEnd(List.of(process), STOP_LIMIT);
    }

    /**
     * Ends all processes in order, the broker last, and at once those that have not ended after 20 s; the data stay.
     *
     * @return the names of those that had to be ended at once
     */
    @SuppressWarnings("try")
    public List<String> stop() throws IOException, InterruptedException {
        try (ClusterLock lock = ClusterLock.of(folder)) {
            refresh();
            List<String> forced = new ArrayList<>();
            for (boolean broker : new boolean[] {false, true}) {
                forced.addAll(end(state.alive().stream()
                        .filter(process -> process.name().equals(BROKER) == broker)
                        .toList()));
            }
            state = state.withoutProcesses();
            state.write(folder.state());
            folder.removeTemporary();
            return forced;
        }
    }

    /** Removes all data of a cluster that is stopped. */
    @SuppressWarnings("try")
    public void delete() throws IOException {
        try (ClusterLock lock = ClusterLock.of(folder)) {
            refresh();
            if (!state.alive().isEmpty()) {
                throw new IllegalStateException("The cluster of " + folder.root() + " runs");
            }
            folder.remove();
        }
    }

    /** Ends processes, in the order in which they were started. */
    static List<String> end(List<ClusterProcess> processes) throws InterruptedException {
        processes.forEach(ClusterProcess::terminate);
        List<ClusterProcess> stubborn = awaitEnd(processes, STOP_LIMIT);
        stubborn.forEach(ClusterProcess::kill);
        awaitEnd(stubborn, STOP_LIMIT);
        return stubborn.stream().map(ClusterProcess::name).toList();
    }

    /** Those that have not ended within the limit. */
    private static List<ClusterProcess> awaitEnd(List<ClusterProcess> processes, Duration limit)
            throws InterruptedException {
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        while (true) {
            List<ClusterProcess> alive =
                    processes.stream().filter(ClusterProcess::alive).toList();
            if (alive.isEmpty() || System.nanoTime() > deadlineNanos) {
                return alive;
            }
            Thread.sleep(POLL_MS);
        }
    }

    /** Another program may have started or stopped processes meanwhile. */
    private void refresh() throws IOException {
        state = ClusterState.read(folder.state()).orElse(state);
    }
}
