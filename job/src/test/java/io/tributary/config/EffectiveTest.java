package io.tributary.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EffectiveTest {
    private static final JobDefaults CLUSTER =
            new JobDefaults(Optional.of("127.0.0.1:9092"), Optional.of("file:/there"));

    @TempDir
    Path folder;

    @Test
    void whatIsLeftOutIsFilledIn() throws Exception {
        assertThat(parse(EverySettingTest.SMALL, List.of("rounds.timeout=3m")).effective())
                .contains(
                        "architecture: gpt2",
                        "positions: learned",
                        "timeout: 3m",
                        "innerState: keep",
                        "epsilon: 1.0E-8",
                        "queue: 16MiB",
                        "bootstrapServers: 127.0.0.1:9092",
                        "folder: file:/there/tributary",
                        "- name: en\n  sequenceLength: 32\n  format: text\n")
                .doesNotContain("keyValueHeads", "horizonSteps", "field:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "variant=spec",
                "variant=glob",
                "{variant: act, act: {of: spec, everyRounds: 2}}",
                "{variant: std, mixture: {temperature: 0}}",
                "model.architecture=llama",
                "{training.learningRate.schedule: cosine, training.learningRate.horizonSteps: 9}",
                "training.innerState=sync",
                "outer.optimizer=fedadam",
                "sources[0].format=json",
                "flink.parallelism.default=3"
            })
    void itSaysTheSameAsTheFile(String change) throws Exception {
        List<String> sets = change.startsWith("{")
                ? SettingsFile.tree(change).properties().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .toList()
                : List.of(change);
        JobSettings first = parse(EverySettingTest.SMALL, sets);
        JobSettings again = parse(first.effective(), List.of());
        assertThat(again).isEqualTo(first);
    }

    @Test
    void aPlanHasOneToo() throws Exception {
        Path file = Files.writeString(folder.resolve("plan.yaml"), EverySettingTest.SMALL);
        String plan = SettingsFile.effectivePlan(file, List.of("rounds.count=7"));
        assertThat(plan).contains("count: 7", "tokensPerSecond: 1000", "participation: 1.0");
        assertThat(SettingsFile.parse(plan)).isEqualTo(SettingsFile.read(file, List.of("rounds.count=7")));
    }

    @Test
    void noSecretIsInIt() throws Exception {
        String yaml = EverySettingTest.SMALL
                + """
                kafka:
                  properties:
                    security.protocol: SASL_SSL
                    ssl: {truststore: {location: /etc/trust.jks}}
                    ssl.key.password: ${file:/etc/kafka.secret:key}
                flink:
                  s3.secret-key: hunter2
                  security: {delegation: {tokens: {hunter: hunter2}}}
                """;
        JobSettings job = parse(yaml, List.of("flink.s3.access.password=hunter2"));
        assertThat(job.effective())
                .doesNotContain("hunter2")
                .contains("location: /etc/trust.jks", "${file:/etc/kafka.secret:key}", "SASL_SSL", Secrets.MASK);
        assertThat(job.flink()).as("the job itself has them").containsEntry("s3.secret-key", "hunter2");
    }

    @Test
    void noProblemShowsOne() {
        for (String wrong : List.of("{a.password: [hunter2]}", "{password: {a: [hunter2]}}")) {
            SettingsException refused = catchThrowableOfType(
                    SettingsException.class,
                    () -> parse(EverySettingTest.SMALL + "kafka: {properties: " + wrong + "}\n", List.of()));
            assertThat(refused).hasMessageContaining(Secrets.MASK).hasMessageNotContaining("hunter2");
        }
    }

    @Test
    void whatKafkaAndFlinkCallSecretIsOne() {
        TreeSet<String> passwords = new TreeSet<>();
        for (ConfigDef def :
                List.of(ConsumerConfig.configDef(), ProducerConfig.configDef(), AdminClientConfig.configDef())) {
            for (Map.Entry<String, ConfigDef.ConfigKey> key : def.configKeys().entrySet()) {
                if (key.getValue().type == ConfigDef.Type.PASSWORD) {
                    passwords.add(key.getKey());
                }
            }
        }
        assertThat(passwords).contains("sasl.jaas.config", "ssl.keystore.key").allMatch(Secrets::isSecret);
        for (String key : List.of("my.password", "fs.azure.account.key.x", "s3.secret-key", "a.apikey", "b.api-key")) {
            assertThat(GlobalConfiguration.isSensitive(key)).isTrue();
            assertThat(Secrets.isSecret(key)).isTrue();
        }
        assertThat(List.of("fetch.max.wait.ms", "parallelism.default", "ssl.truststore.location"))
                .noneMatch(Secrets::isSecret);
    }

    private static JobSettings parse(String yaml, List<String> sets) throws SettingsException {
        return SettingsFile.parseJob(yaml, sets, Path.of("/"), CLUSTER);
    }
}
