package io.tributary.session;

import io.tributary.embedded.Places;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.session.JobDetails.Checkpoint;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.SecurityOptions;
import org.apache.flink.core.execution.CheckpointType;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.jobgraph.JobResourceRequirements;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.rest.messages.ClusterConfigurationInfoHeaders;
import org.apache.flink.runtime.rest.messages.ConversionException;
import org.apache.flink.runtime.rest.messages.EmptyMessageParameters;
import org.apache.flink.runtime.rest.messages.EmptyRequestBody;
import org.apache.flink.runtime.rest.messages.JobExceptionsHeaders;
import org.apache.flink.runtime.rest.messages.JobExceptionsInfoWithHistory;
import org.apache.flink.runtime.rest.messages.JobMessageParameters;
import org.apache.flink.runtime.rest.messages.MessageQueryParameter;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointStatistics.CompletedCheckpointStatistics;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointingStatistics;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointingStatistics.LatestCheckpoints;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointingStatistics.RestoredCheckpointStatistics;
import org.apache.flink.runtime.rest.messages.checkpoints.CheckpointingStatisticsHeaders;
import org.apache.flink.runtime.rest.messages.job.JobDetailsInfo;
import org.apache.flink.runtime.rest.messages.job.JobDetailsInfo.JobVertexDetailsInfo;
import org.apache.flink.runtime.rest.messages.job.metrics.JobMetricsHeaders;
import org.apache.flink.runtime.rest.messages.job.metrics.JobMetricsMessageParameters;
import org.apache.flink.runtime.rest.messages.job.metrics.JobVertexMetricsHeaders;
import org.apache.flink.runtime.rest.messages.job.metrics.JobVertexMetricsMessageParameters;
import org.apache.flink.runtime.rest.messages.job.metrics.Metric;
import org.apache.flink.runtime.rest.util.RestClientException;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with the Flink of a session cluster, over its REST interface.
 *
 * <p>Every method throws an {@link IOException} that says what to do if Flink does not answer or refuses.
 */
public final class Session implements AutoCloseable {
    private static final int ATTEMPTS = 3;
    private static final Duration ATTEMPT_PAUSE = Duration.ofMillis(500);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
    /** Flink itself gives up waiting for slots after five minutes. */
    private static final Duration START_LIMIT = Duration.ofMinutes(6);

    private static final long POLL_MS = 300;
    private static final String RESTARTS = "numRestarts";
    private static final String CHECKPOINTING = "execution.checkpointing.";

    private final URI web;
    private final RestClusterClient<String> client;

    private Session(URI web, RestClusterClient<String> client) {
        this.web = web;
        this.client = client;
    }

    /** A conversation with the Flink at this address; nothing is sent yet. */
    public static Session with(ClusterAddress address) throws IOException {
        URI web = address.web();
        boolean encrypted = "https".equals(web.getScheme());
        Configuration settings = new Configuration();
        settings.set(RestOptions.ADDRESS, web.getHost());
        settings.set(RestOptions.PORT, web.getPort() < 0 ? (encrypted ? 443 : 80) : web.getPort());
        settings.set(
                RestOptions.PATH, web.getPath() == null ? "" : web.getPath().replaceFirst("^/", ""));
        settings.set(SecurityOptions.SSL_REST_ENABLED, encrypted);
        settings.set(RestOptions.RETRY_MAX_ATTEMPTS, ATTEMPTS);
        settings.set(RestOptions.RETRY_DELAY, ATTEMPT_PAUSE);
        settings.set(RestOptions.CONNECTION_TIMEOUT, CONNECT_LIMIT);
        try {
            return new Session(web, new RestClusterClient<>(settings, web.toString()));
        } catch (Exception e) {
            throw new Failure(
                    ErrorCode.FLINK_SILENT, "There is no way to reach Flink at " + web + ": " + Causes.root(e), e);
        }
    }

    /** All jobs that the cluster remembers, the latest first. */
    public List<JobSummary> jobs() throws IOException, InterruptedException {
        return get("list its jobs", client.listJobs()).stream()
                .map(job -> new JobSummary(
                        job.getJobId().toHexString(),
                        job.getJobName(),
                        job.getJobState().name(),
                        job.getJobState().isGloballyTerminalState(),
                        Instant.ofEpochMilli(job.getStartTime())))
                .sorted(Comparator.comparing(JobSummary::started).reversed())
                .toList();
    }

    /**
     * How the cluster wants checkpoints to be made. Flink's own programs take this from the configuration of the machine
     * that they run on, and the cluster does not add it to a job that comes without.
     */
    public Configuration checkpointing() throws IOException, InterruptedException {
        Configuration checkpointing = new Configuration();
        get(
                        "tell its configuration",
                        client.sendRequest(
                                ClusterConfigurationInfoHeaders.getInstance(),
                                EmptyMessageParameters.getInstance(),
                                EmptyRequestBody.getInstance()))
                .stream()
                .filter(entry -> entry.getKey().startsWith(CHECKPOINTING))
                .forEach(entry -> checkpointing.setString(entry.getKey(), entry.getValue()));
        return checkpointing;
    }

    /** What the cluster knows of a job. */
    public JobDetails details(JobSummary job) throws IOException, InterruptedException {
        JobDetailsInfo info = info(job.id());
        JobStatus state = info.getJobStatus();
        JobSummary now = new JobSummary(
                job.id(),
                info.getName(),
                state.name(),
                state.isGloballyTerminalState(),
                Instant.ofEpochMilli(info.getStartTime()));
        int parallelism = info.getJobVertexInfos().stream()
                .mapToInt(JobVertexDetailsInfo::getParallelism)
                .max()
                .orElse(0);
        return new JobDetails(
                now,
                Instant.ofEpochMilli(info.getTimestamps().getOrDefault(state, info.getStartTime())),
                parallelism,
                state == JobStatus.RUNNING
                        ? TrainGauges.ofAny(this, info).flatMap(TrainGauges::progress)
                        : Optional.empty(),
                restarts(job.id()),
                lastCheckpoint(job.id()));
    }

    /**
     * Takes a savepoint.
     *
     * @param folder where, as a path on this machine or a URI; if empty, where the cluster's settings say
     * @return its path
     */
    public String savepoint(JobSummary job, Optional<String> folder) throws IOException, InterruptedException {
        return get(
                "take a savepoint of " + job.id() + hint(folder),
                client.triggerSavepoint(id(job.id()), target(folder), SavepointFormatType.CANONICAL));
    }

    /**
     * Takes a savepoint, and ends the job with it.
     *
     * @param folder as for {@link #savepoint}
     * @return its path
     */
    public String stop(JobSummary job, Optional<String> folder) throws IOException, InterruptedException {
        return get(
                "stop " + job.id() + " with a savepoint" + hint(folder),
                client.stopWithSavepoint(id(job.id()), false, target(folder), SavepointFormatType.CANONICAL));
    }

    /** Ends a job as it is, and waits until it has ended. */
    public void cancel(JobSummary job) throws IOException, InterruptedException {
        get("cancel " + job.id(), client.cancel(id(job.id())));
        get("wait for the end of " + job.id(), client.requestJobResult(id(job.id())));
    }

    /**
     * Takes a checkpoint now, and waits until it is complete.
     *
     * @return its number
     */
    public long checkpoint(JobSummary job) throws IOException, InterruptedException {
        return get("take a checkpoint of " + job.id(), client.triggerCheckpoint(id(job.id()), CheckpointType.FULL));
    }

    /** Removes a savepoint with all its files. */
    public void dispose(String savepoint) throws IOException, InterruptedException {
        get("remove the savepoint " + savepoint, client.disposeSavepoint(savepoint));
    }

    /** Tells a job to run on so many subtasks; the scheduler has to be the adaptive one. */
    public void rescale(JobSummary job, int subtasks) throws IOException, InterruptedException {
        JobResourceRequirements.Builder requirements = JobResourceRequirements.newBuilder();
        for (JobVertexDetailsInfo vertex : info(job.id()).getJobVertexInfos()) {
            int most = Math.min(subtasks, vertex.getMaxParallelism());
            requirements.setParallelismForJobVertex(vertex.getJobVertexID(), 1, most);
        }
        get("rescale " + job.id(), client.updateJobResourceRequirements(id(job.id()), requirements.build()));
    }

    /** When the job has failed, in milliseconds since 1970, as far as Flink remembers. */
    public List<Long> failures(JobSummary job) throws IOException, InterruptedException {
        return exceptions(job.id()).getExceptionHistory().getEntries().stream()
                .map(JobExceptionsInfoWithHistory.RootExceptionInfo::getTimestamp)
                .toList();
    }

    /** What the Train subtasks of a job say of their rounds. */
    public TrainGauges trainGauges(JobSummary job) throws IOException, InterruptedException {
        return TrainGauges.of(this, info(job.id()));
    }

    Collection<Metric> vertexMetrics(JobID job, JobVertexID vertex, List<String> names)
            throws IOException, InterruptedException {
        JobVertexMetricsMessageParameters parameters = new JobVertexMetricsMessageParameters();
        parameters.jobPathParameter.resolve(job);
        parameters.jobVertexIdPathParameter.resolve(vertex);
        // Flink keeps the only query parameter of this request, the names, to itself.
        for (MessageQueryParameter<?> only : parameters.getQueryParameters()) {
            resolve(only, String.join(",", names));
        }
        return get(
                        "tell how " + vertex + " of " + job + " is",
                        client.sendRequest(
                                JobVertexMetricsHeaders.getInstance(), parameters, EmptyRequestBody.getInstance()))
                .getMetrics();
    }

    private static void resolve(MessageQueryParameter<?> parameter, String value) throws IOException {
        try {
            parameter.resolveFromString(value);
        } catch (ConversionException e) {
            throw new IOException("Flink does not take '" + value + "' for " + parameter.getKey(), e);
        }
    }

    /** The last checkpoint or savepoint of a job that is complete. */
    public Optional<Checkpoint> lastCheckpoint(String job) throws IOException, InterruptedException {
        return latestCheckpoints(job).flatMap(Session::lastCompleted);
    }

    /** What a job that has ended can be resumed from: its last checkpoint, or what it was itself resumed from. */
    public Optional<RestorePoint> lastState(String job) throws IOException, InterruptedException {
        Optional<LatestCheckpoints> latest = latestCheckpoints(job);
        return latest.flatMap(Session::lastCompleted)
                .map(Checkpoint::path)
                .or(() -> latest.map(LatestCheckpoints::getRestoredCheckpointStatistics)
                        .map(RestoredCheckpointStatistics::getExternalPath))
                .map(RestorePoint::named);
    }

    private Optional<LatestCheckpoints> latestCheckpoints(String job) throws IOException, InterruptedException {
        JobMessageParameters parameters = new JobMessageParameters();
        parameters.jobPathParameter.resolve(id(job));
        CheckpointingStatistics statistics = get(
                "tell of the checkpoints of " + job,
                client.sendRequest(
                        CheckpointingStatisticsHeaders.getInstance(), parameters, EmptyRequestBody.getInstance()));
        return Optional.ofNullable(statistics.getLatestCheckpoints());
    }

    private static Optional<Checkpoint> lastCompleted(LatestCheckpoints latest) {
        return Stream.of(
                        Optional.ofNullable(latest.getCompletedCheckpointStatistics()),
                        Optional.ofNullable(latest.getSavepointStatistics()))
                .flatMap(Optional::stream)
                .max(Comparator.comparingLong(CompletedCheckpointStatistics::getTriggerTimestamp))
                .map(Session::checkpoint);
    }

    /**
     * Hands over a job, and returns once all its subtasks run.
     *
     * @param jar with the classes of the job; none where the cluster has them
     * @return the id of the job
     */
    public String submit(StreamGraph graph, Optional<Path> jar) throws IOException, InterruptedException {
        jar.ifPresent(file -> graph.addJar(new org.apache.flink.core.fs.Path(file.toUri())));
        graph.setJobId(JobID.generate());
        graph.serializeUserDefinedInstances();
        return get("take the job", client.submitJob(graph)).toHexString();
    }

    /** Waits until all subtasks of a job run; an exception has the cause if it fails before. */
    public void awaitRunning(String job) throws IOException, InterruptedException {
        long deadlineNanos = System.nanoTime() + START_LIMIT.toNanos();
        while (true) {
            JobStatus state = get("tell the state of " + job, client.getJobStatus(id(job)));
            if (state.isGloballyTerminalState()) {
                if (state == JobStatus.FINISHED) {
                    return;
                }
                throw Causes.ofJob("The job " + job + " has " + word(state) + ": " + failure(job));
            }
            if (state == JobStatus.RUNNING && allRun(info(job).getJobVertexInfos())) {
                return;
            }
            Optional<String> cause = exception(job);
            if (cause.isPresent()) {
                throw Causes.ofJob(
                        "The job %s fails while it starts, and Flink tries again until it is cancelled (./tributary cancel): %s"
                                .formatted(job, cause.get()));
            }
            if (System.nanoTime() > deadlineNanos) {
                throw new Failure(
                        ErrorCode.JOB_FAILED,
                        "The job %s is %s after %d s, and not all its subtasks run: look at %s/#/job/%s"
                                .formatted(job, word(state), START_LIMIT.toSeconds(), web, job));
            }
            Thread.sleep(POLL_MS);
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private JobDetailsInfo info(String job) throws IOException, InterruptedException {
        return get("tell of " + job, client.getJobDetails(id(job)));
    }

    private static boolean allRun(Collection<JobVertexDetailsInfo> vertices) {
        // Flink answers from a cache of some seconds, in which a new job has none yet.
        return !vertices.isEmpty()
                && vertices.stream().allMatch(vertex -> {
                    var tasks = vertex.getTasksPerState();
                    return tasks.getOrDefault(ExecutionState.RUNNING, 0)
                                    + tasks.getOrDefault(ExecutionState.FINISHED, 0)
                            == vertex.getParallelism();
                });
    }

    private OptionalLong restarts(String job) throws IOException, InterruptedException {
        JobMetricsMessageParameters parameters = new JobMetricsMessageParameters();
        parameters.jobPathParameter.resolve(id(job));
        parameters.metricsFilterParameter.resolve(List.of(RESTARTS));
        var metrics = get(
                "tell of the restarts of " + job,
                client.sendRequest(JobMetricsHeaders.getInstance(), parameters, EmptyRequestBody.getInstance()));
        return metrics.getMetrics().stream()
                .filter(metric -> metric.getId().equals(RESTARTS) && metric.getValue() != null)
                .mapToLong(metric -> Long.parseLong(metric.getValue()))
                .findFirst();
    }

    private static Checkpoint checkpoint(CompletedCheckpointStatistics statistics) {
        return new Checkpoint(
                statistics.getId(),
                statistics.isSavepoint(),
                Instant.ofEpochMilli(statistics.getTriggerTimestamp()),
                Duration.ofMillis(statistics.getDuration()),
                statistics.getStateSize(),
                String.valueOf(statistics.getExternalPath()));
    }

    private String failure(String job) throws IOException, InterruptedException {
        JobResult result = get("tell the end of " + job, client.requestJobResult(id(job)));
        return result.getSerializedThrowable()
                .map(failure -> Causes.root(failure.deserializeError(Session.class.getClassLoader()))
                        .toString())
                .orElse("no cause is known");
    }

    private Optional<String> exception(String job) throws IOException, InterruptedException {
        return exceptions(job).getExceptionHistory().getEntries().stream()
                .map(entry -> Causes.root(entry.getStacktrace()))
                .findFirst();
    }

    private JobExceptionsInfoWithHistory exceptions(String job) throws IOException, InterruptedException {
        var parameters = JobExceptionsHeaders.getInstance().getUnresolvedMessageParameters();
        parameters.jobPathParameter.resolve(id(job));
        return get(
                "tell of the failures of " + job,
                client.sendRequest(JobExceptionsHeaders.getInstance(), parameters, EmptyRequestBody.getInstance()));
    }

    private <T> T get(String what, CompletableFuture<T> answer) throws IOException, InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            Throwable root = Causes.root(e);
            if (root instanceof ConnectException) {
                throw new Failure(
                        ErrorCode.FLINK_SILENT,
                        "Flink does not answer at %s (%s): start a cluster with ./tributary cluster start, or name another with --flink URL"
                                .formatted(web, root.getMessage()),
                        e);
            }
            String message = root instanceof RestClientException
                    ? Causes.root(String.valueOf(root.getMessage()))
                    : root.toString();
            throw new Failure(ErrorCode.FLINK_REFUSED, "Flink at %s did not %s: %s".formatted(web, what, message), e);
        }
    }

    private static String hint(Optional<String> folder) {
        return folder.map(place -> " in " + place)
                .orElse(" where its settings say (execution.checkpointing.savepoint-dir; --to DIR names a place)");
    }

    private static @Nullable String target(Optional<String> folder) {
        return folder.map(Places::uri).orElse(null);
    }

    private static JobID id(String job) {
        return JobID.fromHexString(job);
    }

    private static String word(JobStatus state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
