package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.config.JobSettings;
import io.tributary.config.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingMainTest {
    private static final String YAML =
            """
            name: small
            model: {layers: 1, width: 16, heads: 2, sequenceLength: 16}
            variant: spec
            vocabulary: {pieces: 300}
            training: {batchRows: 4, learningRate: {peak: 1e-3}}
            rounds: {localSteps: 3}
            kafka: {bootstrapServers: '127.0.0.1:9092'}
            snapshots: {folder: file:///snapshots}
            """;

    @TempDir
    Path folder;

    @Test
    void takesAFileOrItsText() throws Exception {
        Path file = Files.writeString(folder.resolve("job.yaml"), YAML);
        assertThat(TrainingMain.settings("--config", file.toString()).name()).isEqualTo("small");
        assertThat(TrainingMain.settings("--yaml", YAML).name()).isEqualTo("small");
        assertThat(TrainingMain.settings("--yaml", YAML, "--set", "name=other", "--set", "rounds.localSteps=9")
                        .name())
                .isEqualTo("other");
        assertThat(TrainingMain.settings("--config", file.toString(), "--set", "name=other")
                        .name())
                .isEqualTo("other");
    }

    @Test
    void otherArgumentsAreRefused() {
        assertThatThrownBy(TrainingMain::settings).hasMessageContaining("--config FILE, or --yaml TEXT");
        assertThatThrownBy(() -> TrainingMain.settings("--file", "x")).hasMessageContaining("but they are --file x");
        assertThatThrownBy(() -> TrainingMain.settings("--yaml", YAML, "--set"))
                .hasMessageContaining("--set PATH=VALUE");
        assertThatThrownBy(() -> TrainingMain.main(new String[] {"--config"})).hasMessageContaining("--config FILE");
    }

    @Test
    void allThatIsWrongIsInTheException() {
        assertThatThrownBy(() -> TrainingMain.main(new String[] {"--yaml", "variant: sepc\n"}))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("model.layers: is missing")
                .hasMessageContaining("did you mean spec?")
                .hasMessageContaining("kafka.bootstrapServers: is missing");
    }

    @Test
    void checkpointsAreMadeAndKeptUnlessItIsSaidOtherwise() throws Exception {
        var standard = built(new Configuration(), YAML, OptionalInt.empty());
        assertThat(standard.get(CheckpointingOptions.CHECKPOINTING_INTERVAL)).isEqualTo(Duration.ofMinutes(1));
        assertThat(standard.get(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION))
                .isEqualTo(ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);

        Configuration cluster = new Configuration();
        cluster.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(7));
        assertThat(built(cluster, YAML, OptionalInt.empty()).get(CheckpointingOptions.CHECKPOINTING_INTERVAL))
                .isEqualTo(Duration.ofSeconds(7));
        String own = YAML + "flink: {execution.checkpointing.interval: 3s}\n";
        assertThat(built(cluster, own, OptionalInt.empty()).get(CheckpointingOptions.CHECKPOINTING_INTERVAL))
                .isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void theParallelismIsThatOfTheCommandOrTheSettingsOrThePlan() throws Exception {
        String plan = YAML + "cluster: {subtasks: 4, tokensPerSecond: 1000, networkBandwidth: 1Gbit/s}\n";
        Configuration given = new Configuration();
        given.set(CoreOptions.DEFAULT_PARALLELISM, 3);
        String own = plan + "flink: {parallelism.default: 2}\n";
        assertThat(parallelism(new Configuration(), YAML, OptionalInt.empty())).isEqualTo(1);
        assertThat(parallelism(new Configuration(), plan, OptionalInt.empty())).isEqualTo(4);
        assertThat(parallelism(given, plan, OptionalInt.empty())).isEqualTo(3);
        assertThat(parallelism(given, own, OptionalInt.empty())).isEqualTo(2);
        assertThat(parallelism(given, own, OptionalInt.of(5))).isEqualTo(5);
    }

    @Test
    void whatTheJobReliesOnCannotBeSetOtherwise() {
        assertThatThrownBy(() -> built(
                        new Configuration(),
                        YAML + "flink: {state.backend.type: rocksdb, pipeline.max-parallelism: 64}\n",
                        OptionalInt.empty()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("flink.state.backend.type: 'rocksdb' cannot be, the job relies on hashmap")
                .hasMessageContaining("flink.pipeline.max-parallelism: '64' cannot be, the job relies on 128");
        assertThatThrownBy(() -> built(
                        new Configuration(),
                        YAML + "flink: {execution.checkpointing.interval: soon}\n",
                        OptionalInt.empty()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("execution.checkpointing.interval");
    }

    @Test
    void aPrefixThatWouldReadTheJobsOwnTopicsIsRefused() {
        String own = YAML.replace("'127.0.0.1:9092'", "'127.0.0.1:9092', topicPrefix: tributary.");
        assertThatThrownBy(() -> built(new Configuration(), own, OptionalInt.empty()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("the job's own output");
    }

    private static int parallelism(Configuration there, String yaml, OptionalInt parallelism) throws Exception {
        return environment(there, yaml, parallelism).getParallelism();
    }

    private static ReadableConfig built(Configuration there, String yaml, OptionalInt parallelism) throws Exception {
        return environment(there, yaml, parallelism).getConfiguration();
    }

    private static StreamExecutionEnvironment environment(Configuration there, String yaml, OptionalInt parallelism)
            throws Exception {
        JobSettings settings = TrainingMain.settings("--yaml", yaml);
        StreamExecutionEnvironment env = new StreamExecutionEnvironment(there);
        ConfiguredJob.build(env, settings, parallelism);
        return env;
    }
}
