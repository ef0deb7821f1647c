package io.tributary.job;

import io.tributary.config.JobDefaults;
import io.tributary.config.JobSettings;
import io.tributary.config.SettingsException;
import io.tributary.config.SettingsFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What Flink starts, on the machine of its command line or in its JobManager: the job of one settings file, in the
 * environment that Flink provides.
 *
 * <p>{@code --config FILE} names the file, {@code --yaml TEXT} is its text, for a JobManager that does not see the file.
 * {@code --set PATH=VALUE}, as often as you like, counts instead of what the file says.
 */
public final class TrainingMain {
    private static final String USAGE =
            "The arguments are --config FILE, or --yaml TEXT with the text of such a file, and any number of --set PATH=VALUE, but they are ";

    private TrainingMain() {}

    /**
     * Hands the job to Flink.
     *
     * @throws SettingsException with everything that is wrong with the settings
     * @throws IllegalArgumentException if the arguments are others
     */
    public static void main(String[] args) throws Exception {
        JobSettings settings = settings(args);
        ConfiguredJob.verifyInitialModel(settings);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        ConfiguredJob.build(env, settings, OptionalInt.empty());
        JobTopics.create(settings);
        env.execute(settings.name());
    }

    static JobSettings settings(String... args) throws SettingsException {
        if (args.length < 2 || args.length % 2 != 0 || args[1].isBlank()) {
            throw misunderstood(args);
        }
        List<String> sets = new ArrayList<>();
        for (int i = 2; i < args.length; i += 2) {
            if (!args[i].equals("--set")) {
                throw misunderstood(args);
            }
            sets.add(args[i + 1]);
        }
        return switch (args[0]) {
            case "--config" -> SettingsFile.readJob(Path.of(args[1]), sets, JobDefaults.none());
            case "--yaml" -> SettingsFile.parseJob(args[1], sets, Path.of("").toAbsolutePath(), JobDefaults.none());
            default -> throw misunderstood(args);
        };
    }

    private static IllegalArgumentException misunderstood(String... args) {
        return new IllegalArgumentException(USAGE + String.join(" ", args));
    }
}
