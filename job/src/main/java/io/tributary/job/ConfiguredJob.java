package io.tributary.job;

import io.tributary.config.JobSettings;
import io.tributary.config.SettingsException;
import io.tributary.pretrained.InitialModel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The job that a settings file describes. */
public final class ConfiguredJob {
    private static final String SETTINGS = "tributary.settings";
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofMinutes(1);

    private ConfiguredJob() {}

    /**
     * Adds the job to an environment, with Flink's settings as the file has them, the environment has them, or a job
     * needs them, in this order.
     *
     * @param parallelism subtasks of each operator, whatever the settings say
     * @throws SettingsException if Flink's settings cannot be used, or contradict what the job relies on
     */
    public static void build(StreamExecutionEnvironment env, JobSettings settings, OptionalInt parallelism)
            throws SettingsException {
        List<String> problems = contradictions(settings);
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        try {
            env.configure(flink(env.getConfiguration(), settings, parallelism));
            // Flink shows it with the job; secrets are masked in it.
            env.getConfig().setGlobalJobParameters(Configuration.fromMap(Map.of(SETTINGS, settings.effective())));
            TrainingJob.build(env, settings.pipeline());
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of("this job cannot be built: " + e.getMessage()));
        }
    }

    /**
     * Reads the model that a new run is to begin with, where there is one, and compares its checksums.
     *
     * @throws SettingsException if it is damaged, or cannot be read
     */
    public static void verifyInitialModel(JobSettings settings) throws SettingsException {
        if (settings.pipeline().initial() instanceof InitialModel model) {
            try {
                model.verify();
            } catch (IOException e) {
                throw new SettingsException(List.of("init.from: " + e.getMessage()));
            }
        }
    }

    private static List<String> contradictions(JobSettings settings) {
        List<String> problems = new ArrayList<>();
        TrainingJob.requiredSettings().toMap().forEach((key, required) -> {
            String own = settings.flink().getOrDefault(key, required);
            if (!own.equalsIgnoreCase(required)) {
                problems.add("flink.%s: '%s' cannot be, the job relies on %s".formatted(key, own, required));
            }
        });
        problems.sort(null);
        return problems;
    }

    private static Configuration flink(ReadableConfig there, JobSettings settings, OptionalInt parallelism) {
        Configuration flink = new Configuration();
        if (there.getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL).isEmpty()) {
            flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
        }
        // Days of training are in them; without this, Flink removes them when the job is cancelled.
        if (there.getOptional(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION)
                .isEmpty()) {
            flink.set(
                    CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                    ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        }
        if (there.getOptional(CoreOptions.DEFAULT_PARALLELISM).isEmpty()) {
            settings.subtasks().ifPresent(subtasks -> flink.set(CoreOptions.DEFAULT_PARALLELISM, subtasks));
        }
        flink.addAll(Configuration.fromMap(settings.flink()));
        parallelism.ifPresent(subtasks -> flink.set(CoreOptions.DEFAULT_PARALLELISM, subtasks));
        return flink;
    }
}
