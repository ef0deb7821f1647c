package io.tributary.embedded;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient;
import org.apache.flink.runtime.minicluster.MiniClusterJobClient.JobFinalizationBehavior;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** A Flink cluster inside this JVM, with its web interface on loopback. */
public final class EmbeddedFlink implements AutoCloseable {
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final MiniCluster cluster;
    private final URI web;

    private EmbeddedFlink(MiniCluster cluster, URI web) {
        this.cluster = cluster;
        this.web = web;
    }

    /**
     * Starts a JobManager and one TaskManager.
     *
     * @param slots how many parallel subtasks of each operator it can hold
     * @param webPort of the web interface, or 0 for any free one
     * @param folder for what Flink writes while it runs; made if it is missing
     * @throws IOException if the port is taken or the cluster does not start
     */
    public static EmbeddedFlink start(int slots, int webPort, Path folder) throws IOException, InterruptedException {
        return start(slots, webPort, folder, new Configuration());
    }

    /** The same with further settings of Flink; what makes it listen on loopback alone stays. */
    public static EmbeddedFlink start(int slots, int webPort, Path folder, Configuration further)
            throws IOException, InterruptedException {
        int port = Loopback.port("Flink's web interface", webPort);
        Configuration all = new Configuration(further);
        all.addAll(settings(port, Files.createDirectories(folder.toAbsolutePath())));
        MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(all)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(slots)
                .build());
        try {
            cluster.start();
            return new EmbeddedFlink(cluster, cluster.getRestAddress().get());
        } catch (InterruptedException e) {
            var unused = cluster.closeAsync();
            throw e;
        } catch (Exception e) {
            var unused = cluster.closeAsync();
            throw new Failure(ErrorCode.CLUSTER_DOWN, "Flink did not start: " + e, e);
        }
    }

    private static Configuration settings(int port, Path folder) {
        Configuration settings = new Configuration();
        onLoopbackAlone(settings);
        settings.set(RestOptions.BIND_PORT, String.valueOf(port));
        settings.set(CoreOptions.TMP_DIRS, folder.toString());
        // Each shard of a body crosses a few channels at a time: the default of 64 MB is for tests.
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(128));
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(128));
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(32));
        return settings;
    }

    /** A Flink with these settings is reached from this machine alone, and takes no jars over its web interface. */
    public static void onLoopbackAlone(Configuration settings) {
        settings.set(RestOptions.ADDRESS, Loopback.HOST);
        settings.set(RestOptions.BIND_ADDRESS, Loopback.HOST);
        // The blob server listens on this one, and on every address of the machine without it.
        settings.set(JobManagerOptions.BIND_HOST, Loopback.HOST);
        settings.set(TaskManagerOptions.BIND_HOST, Loopback.HOST);
        settings.set(WebOptions.SUBMIT_ENABLE, false);
    }

    /** Where the web interface is. */
    public String webUrl() {
        return web.toString();
    }

    /**
     * Hands a job to the cluster.
     *
     * @throws IOException if the cluster refuses it
     */
    public JobClient submit(StreamGraph graph) throws IOException, InterruptedException {
        try {
            return new MiniClusterJobClient(
                    cluster.submitJob(graph.getJobGraph()).get().getJobID(),
                    cluster,
                    EmbeddedFlink.class.getClassLoader(),
                    JobFinalizationBehavior.NOTHING);
        } catch (ExecutionException e) {
            throw new IOException("Flink refused the job: " + e.getCause(), e);
        }
    }

    /** Stops the cluster with all its jobs. */
    @Override
    public void close() throws IOException {
        try {
            cluster.closeAsync().get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("Flink did not stop in " + STOP_LIMIT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
