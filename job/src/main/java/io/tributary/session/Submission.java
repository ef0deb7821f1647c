package io.tributary.session;

import io.tributary.config.JobSettings;
import io.tributary.config.SettingsException;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.job.ConfiguredJob;
import io.tributary.job.JobTopics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * Hands jobs to a cluster.
 *
 * @param session with the cluster
 * @param kept where their settings are kept
 * @param jar with their classes; none where the cluster has them
 */
public record Submission(Session session, KeptSettings kept, Optional<Path> jar) {
    /** The folder of the job's jar, as the launcher knows it. */
    private static final String HOME = "tributary.home";

    private static final String JAR = "tributary-job.jar";

    /**
     * The job's jar that was built, if this JVM was started by the launcher.
     *
     * @throws IOException if it is missing
     */
    public static Optional<Path> installedJar() throws IOException {
        Optional<Path> jar = Optional.ofNullable(System.getProperty(HOME)).map(home -> Path.of(home, JAR));
        if (jar.isPresent() && !Files.isRegularFile(jar.get())) {
            throw new IOException("The job's jar " + jar.get() + " is missing: build it with ./tributary build");
        }
        return jar;
    }

    /**
     * How a job is to begin.
     *
     * @param parallelism subtasks of each operator, whatever the settings say
     * @param from where its state comes from; without one it begins anew
     * @param dropState whether state in there that the job has no use for may be left behind
     */
    public record Start(OptionalInt parallelism, Optional<RestorePoint> from, boolean dropState) {}

    /**
     * Hands over a job. It is there when this returns, but need not run: see {@link Session#awaitRunning}.
     *
     * @return its id
     * @throws SettingsException if no job can be built from the settings
     * @throws IOException if a job of this name is there already, or Kafka or Flink does not answer or refuses
     */
    public String submit(JobSettings settings, KeptSettings.Text text, Start start)
            throws SettingsException, IOException, InterruptedException {
        if (start.from().isEmpty()) {
            ConfiguredJob.verifyInitialModel(settings);
        }
        StreamGraph graph = graph(settings, start);
        for (JobSummary job : session.jobs()) {
            if (!job.ended() && job.name().equals(settings.name())) {
                throw new Failure(
                        ErrorCode.BUSY,
                        "A job called %s is there already (%s, %s): stop it with ./tributary stop %s, or give this one another name in its settings"
                                .formatted(job.name(), job.id(), job.state(), job.id()));
            }
        }
        JobTopics.create(settings);
        String id = session.submit(graph, jar);
        kept.keep(id, text, settings.effective());
        return id;
    }

    private StreamGraph graph(JobSettings settings, Start start)
            throws SettingsException, IOException, InterruptedException {
        // Not that of this process, whose parallelism would be the cores of this machine.
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(session.checkpointing());
        ConfiguredJob.build(env, settings, start.parallelism());
        StreamGraph graph = env.getStreamGraph();
        graph.setJobName(settings.name());
        start.from()
                .ifPresent(from -> graph.setSavepointRestoreSettings(
                        SavepointRestoreSettings.forPath(from.path(), start.dropState())));
        return graph;
    }
}
