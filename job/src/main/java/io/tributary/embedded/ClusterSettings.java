package io.tributary.embedded;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a {@link LocalCluster} is made of.
 *
 * @param taskManagers how many processes train
 * @param slots of one TaskManager: how many subtasks of each operator it can hold
 * @param taskManagerMemory of one TaskManager in MiB, for everything in its process
 * @param threads of one training subtask; the bits of a run depend on it
 * @param scheduler of the JobManager
 * @param webPort of Flink's web interface, or 0 for any free one, which is then kept
 * @param kafkaPort of the broker, or 0 likewise
 * @param flink further settings of Flink, by key
 */
public record ClusterSettings(
        int taskManagers,
        int slots,
        int taskManagerMemory,
        int threads,
        Scheduler scheduler,
        int webPort,
        int kafkaPort,
        Map<String, String> flink) {
    /** Flink's own port of the web interface. */
    public static final int WEB_PORT = 8081;

    private static final int MAX_PORT = 65_535;

    /** How Flink places and rescales a job. */
    public enum Scheduler {
        /** A job waits until it has all the slots that it wants. */
        DEFAULT,
        /** A job runs with the slots that there are, and rescales when they change. */
        ADAPTIVE
    }

    public ClusterSettings {
        if (taskManagers < 1 || slots < 1 || threads < 1 || !isPort(webPort) || !isPort(kafkaPort)) {
            throw new IllegalArgumentException(
                    "A cluster has at least 1 TaskManager, slot and thread, and ports from 0 to %d, not %d, %d, %d, %d and %d"
                            .formatted(MAX_PORT, taskManagers, slots, threads, webPort, kafkaPort));
        }
        flink = new TreeMap<>(flink);
    }

    /**
     * Memory of a TaskManager in MiB for a model whose body has about 25 million parameters, and four sources.
     *
     * <p>A source inside a round has a working copy of the body with gradients and two moments (4 x 100 MB) beside its
     * embeddings with theirs, so four sources in one slot want about 2 GB of native memory. The rest is Flink's own and
     * the heap, where a round's sums are (200 MB) and what is on its way. Pages that nothing touches cost nothing.
     */
    public static int memoryFor(int slots) {
        return 1024 + slots * 3072;
    }

    /** Whether all training threads together are more than there are cores. */
    boolean trainsOnMoreThanThe(int cores) {
        return Math.multiplyFull(taskManagers, slots) * threads > cores;
    }

    /** The names of the processes, in the order in which they start. */
    List<String> processes() {
        List<String> names = new ArrayList<>(List.of(LocalCluster.BROKER, LocalCluster.JOB_MANAGER));
        for (int number = 1; number <= taskManagers; number++) {
            names.add(LocalCluster.TASK_MANAGER + number);
        }
        return names;
    }

    ClusterSettings listeningOn(int actualWebPort, int actualKafkaPort) {
        return new ClusterSettings(
                taskManagers, slots, taskManagerMemory, threads, scheduler, actualWebPort, actualKafkaPort, flink);
    }

    ClusterSettings withTaskManagers(int count) {
        return new ClusterSettings(count, slots, taskManagerMemory, threads, scheduler, webPort, kafkaPort, flink);
    }

    private static boolean isPort(int port) {
        return port >= 0 && port <= MAX_PORT;
    }
}
