package io.tributary.embedded;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ConfigurationUtils;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.JobManagerOptions.SchedulerType;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.TaskManagerOptions.TaskManagerLoadBalanceMode;

/** The configuration of the Flink processes of a {@link LocalCluster}; what a job needs it sets itself. */
final class FlinkSettings {
    private static final int FRAMEWORK_MIB = 1024;

    private static final String PROMETHEUS = "metrics.reporter.prometheus.";
    /** By its name, as Flink finds it: a cluster has it, and nothing else here needs it. */
    private static final String LOOPBACK_REPORTER =
            "org.apache.flink.metrics.prometheus.LoopbackPrometheusReporterFactory";
    /** From the one that is Flink's by custom; each process takes the first that is free. */
    private static final String PROMETHEUS_PORTS = "9249-9348";

    private FlinkSettings() {}

    /**
     * Defaults, what the user sets instead of them, and what makes this cluster.
     *
     * @throws IllegalArgumentException if the user sets what the cluster decides itself
     */
    static Configuration of(ClusterState state, ClusterFolder folder) {
        ClusterSettings settings = state.settings();
        Configuration own = own(state);
        Set<String> both = new TreeSet<>(settings.flink().keySet());
        both.retainAll(own.keySet());
        if (!both.isEmpty()) {
            throw new IllegalArgumentException("A cluster on one machine sets " + String.join(", ", both)
                    + " itself: there are options for its ports, slots and scheduler, and it listens on "
                    + Loopback.HOST + " only");
        }
        Configuration all = defaults(settings, folder);
        settings.flink().forEach(all::setString);
        all.addAll(own);
        return all;
    }

    /** As the lines of {@code config.yaml}, one for each key. */
    static List<String> lines(Configuration settings) {
        return ConfigurationUtils.convertConfigToWritableLines(settings, true).stream()
                .sorted()
                .toList();
    }

    /** Each of these listens on all addresses of the machine where it is not told otherwise. */
    private static Configuration own(ClusterState state) {
        ClusterSettings settings = state.settings();
        Configuration own = new Configuration();
        own.set(JobManagerOptions.ADDRESS, Loopback.HOST);
        // The blob server listens on this one too.
        own.set(JobManagerOptions.BIND_HOST, Loopback.HOST);
        own.set(JobManagerOptions.PORT, state.jobManagerPort());
        own.set(RestOptions.ADDRESS, Loopback.HOST);
        own.set(RestOptions.BIND_ADDRESS, Loopback.HOST);
        own.set(RestOptions.PORT, settings.webPort());
        own.set(RestOptions.BIND_PORT, String.valueOf(settings.webPort()));
        own.set(TaskManagerOptions.HOST, Loopback.HOST);
        own.set(TaskManagerOptions.BIND_HOST, Loopback.HOST);
        own.setString(PROMETHEUS + "factory.class", LOOPBACK_REPORTER);
        own.set(TaskManagerOptions.NUM_TASK_SLOTS, settings.slots());
        own.set(
                JobManagerOptions.SCHEDULER,
                switch (settings.scheduler()) {
                    case DEFAULT -> SchedulerType.Default;
                    case ADAPTIVE -> SchedulerType.Adaptive;
                });
        return own;
    }

    private static Configuration defaults(ClusterSettings settings, ClusterFolder folder) {
        Configuration defaults = new Configuration();
        memory(defaults, settings.taskManagerMemory());
        recovery(defaults);
        defaults.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        defaults.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, Places.uri(folder.checkpoints()));
        defaults.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, Places.uri(folder.savepoints()));
        defaults.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10));
        // What was learned must not go with the job that learned it.
        defaults.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        // Otherwise two subtasks may train on one TaskManager while another has nothing to do.
        defaults.set(TaskManagerOptions.TASK_MANAGER_LOAD_BALANCE_MODE, TaskManagerLoadBalanceMode.SLOTS);
        defaults.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, Duration.ofSeconds(1));
        defaults.setString(PROMETHEUS + "port", PROMETHEUS_PORTS);
        // Otherwise a source called de-wiki would have the label de_wiki.
        defaults.setString(PROMETHEUS + "filterLabelValueCharacters", "false");
        return defaults;
    }

    private static void memory(Configuration defaults, int taskManagerMib) {
        defaults.set(JobManagerOptions.TOTAL_PROCESS_MEMORY, MemorySize.ofMebiBytes(1024));
        defaults.set(TaskManagerOptions.TOTAL_PROCESS_MEMORY, MemorySize.ofMebiBytes(taskManagerMib));
        // Models live in native memory, of which Flink knows only what it is told here; the other part is heap.
        defaults.set(
                TaskManagerOptions.TASK_OFF_HEAP_MEMORY,
                MemorySize.ofMebiBytes(Math.max(0, taskManagerMib - FRAMEWORK_MIB) * 5L / 8));
        // Each shard of a body crosses a few channels at a time.
        defaults.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(128));
        defaults.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(128));
        // State is on the heap and in tensors: nothing uses Flink's own.
        defaults.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(32));
    }

    private static void recovery(Configuration defaults) {
        defaults.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        defaults.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofSeconds(1));
        defaults.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofSeconds(3));
        // After a calm minute the next fault waits one second again, not three; by default it takes an hour, and a
        // wait grows to a minute.
        defaults.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
                Duration.ofMinutes(1));
        // However often; this is the default, too.
        defaults.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, Integer.MAX_VALUE);
        // The system refuses a heartbeat for a process that has ended, and two refused ones in a row make it lost:
        // on one machine no network can lose them. With the default interval of 10 s that takes 20 s.
        defaults.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(1));
        defaults.set(HeartbeatManagerOptions.HEARTBEAT_RPC_FAILURE_THRESHOLD, 2);
        // A process that hangs is found by its silence alone, and so is a JobManager that has ended, since TaskManagers
        // only answer: with the default of 50 s they would not see one that was started again for as long. Less than
        // 10 s would take a busy machine for a broken one.
        defaults.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofSeconds(10));
        // A TaskManager that starts before the JobManager asks again after this; the default of 10 s would be waited
        // for at most starts.
        defaults.set(ClusterOptions.ERROR_REGISTRATION_DELAY, Duration.ofSeconds(1));
    }
}
