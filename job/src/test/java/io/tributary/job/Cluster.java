package io.tributary.job;

import io.tributary.config.PipelineConfig;
import io.tributary.embedded.EmbeddedFlink;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.awaitility.Awaitility;

/** Runs pipelines on a Flink cluster inside the JVM. */
final class Cluster {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    private Cluster() {}

    /** Runs until the snapshot of a round is there. */
    static void run(PipelineConfig config, int parallelism, Path snapshots, long round, Path work) throws Exception {
        try (EmbeddedFlink flink = EmbeddedFlink.start(parallelism, 0, work)) {
            JobClient job = flink.submit(graph(config, parallelism));
            awaitSnapshot(snapshots, round, job);
            job.cancel().get();
        }
    }

    static StreamGraph graph(PipelineConfig config, int parallelism) {
        // A test wants to see the failure and not the job starting again.
        return graph(config, parallelism, new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none"));
    }

    /** With settings of the test, which win over those of the job. */
    static StreamGraph graph(PipelineConfig config, int parallelism, Configuration settings) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.setParallelism(parallelism);
        env.enableCheckpointing(500);
        TrainingJob.build(env, config);
        env.configure(settings);
        return env.getStreamGraph();
    }

    /** Waits until the snapshot of a round is there; fails when the job does. */
    static void awaitSnapshot(Path snapshots, long round, JobClient job) {
        awaitSnapshot(snapshots, round, job, LIMIT);
    }

    static void awaitSnapshot(Path snapshots, long round, JobClient job, Duration limit) {
        Path manifest = manifest(snapshots, round);
        Awaitility.await().atMost(limit).until(() -> {
            checkRuns(job);
            return Files.exists(manifest);
        });
    }

    /** Fails when the job has. */
    static void checkRuns(JobClient job) throws Exception {
        if (job.getJobStatus().get().isGloballyTerminalState()) {
            job.getJobExecutionResult().get();
        }
    }

    /** The file that makes a folder a snapshot. */
    static Path manifest(Path snapshots, long round) {
        return snapshots.resolve("round-%06d/manifest.json".formatted(round));
    }
}
