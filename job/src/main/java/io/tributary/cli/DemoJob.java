package io.tributary.cli;

import io.tributary.embedded.EmbeddedFlink;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The training job on a Flink inside this JVM. */
final class DemoJob implements RunningJob {
    private static final Duration CANCEL_LIMIT = Duration.ofSeconds(60);

    private final EmbeddedFlink flink;
    private final JobClient client;
    private final CompletableFuture<?> result;

    private DemoJob(EmbeddedFlink flink, JobClient client) {
        this.flink = flink;
        this.client = client;
        this.result = client.getJobExecutionResult();
    }

    /**
     * Starts Flink and the job.
     *
     * @throws IOException if the web interface's port is taken, or Flink refuses the job
     */
    static RunningJob start(DemoPlan plan) throws IOException, InterruptedException {
        EmbeddedFlink flink = EmbeddedFlink.start(
                plan.parallelism(), plan.webPort(), plan.out().resolve("flink"));
        try {
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
            environment.setParallelism(plan.parallelism());
            DemoTraining.build(environment, plan);
            return new DemoJob(flink, flink.submit(environment.getStreamGraph()));
        } catch (IOException | InterruptedException | RuntimeException e) {
            flink.close();
            throw e;
        }
    }

    @Override
    public String webUrl() {
        return flink.webUrl();
    }

    @Override
    public Optional<Throwable> failure() {
        if (!result.isCompletedExceptionally()) {
            return Optional.empty();
        }
        return Optional.of(result.handle((value, failure) -> failure).join());
    }

    @Override
    public void cancel() throws IOException, InterruptedException {
        if (result.isDone()) {
            return;
        }
        try {
            client.cancel().get(CANCEL_LIMIT.toSeconds(), TimeUnit.SECONDS);
            result.handle((value, failure) -> true).get(CANCEL_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("The job could not be cancelled", e);
        }
    }

    @Override
    public void close() throws IOException {
        flink.close();
    }
}
