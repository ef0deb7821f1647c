package io.tributary.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaSecretsTest {
    @TempDir
    Path folder;

    @Test
    void referencesAreResolvedByTheClientAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), "se:cr}et\n");
        Path properties = Files.writeString(folder.resolve("both.properties"), "key=other\n");
        String login = "Module required password=\"${file:" + file + "}\" user=\"${env:PATH}\";";
        Map<String, String> settings = KafkaSecrets.resolvable(Map.of(
                "bootstrap.servers",
                "127.0.0.1:9092",
                "sasl.jaas.config",
                login,
                "ssl.key.password",
                "${file:" + properties + ":key}"));
        assertThat(settings).containsEntry("sasl.jaas.config", login);
        ProducerConfig client = client(settings);
        assertThat(client.getPassword("sasl.jaas.config"))
                .isEqualTo(
                        new Password("Module required password=\"se:cr}et\" user=\"" + System.getenv("PATH") + "\";"));
        assertThat(client.getPassword("ssl.key.password")).isEqualTo(new Password("other"));
    }

    @Test
    void whatIsMissingIsNamed() {
        assertThatThrownBy(() -> client(KafkaSecrets.resolvable(
                        Map.of("bootstrap.servers", "127.0.0.1:9092", "ssl.key.password", "${env:NO_SUCH_NAME_1}"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("The environment variable NO_SUCH_NAME_1");
        assertThatThrownBy(() -> client(KafkaSecrets.resolvable(Map.of(
                        "bootstrap.servers", "127.0.0.1:9092", "ssl.key.password", "${file:" + folder + "/none}"))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(folder + "/none");
    }

    @Test
    void providersOfTheUserStay() {
        Map<String, String> own = Map.of(
                "config.providers",
                "vault, env",
                "config.providers.env.class",
                "x.Y",
                "ssl.key.password",
                "${vault:a:b}");
        assertThat(KafkaSecrets.resolvable(own))
                .containsEntry("config.providers", "vault,env,file")
                .containsEntry("config.providers.env.class", "x.Y");
        assertThat(KafkaSecrets.resolvable(Map.of("a", "b"))).isEqualTo(Map.of("a", "b"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ssl.key.password|hunter2",
                "ssl.keystore.key|-----BEGIN PRIVATE KEY-----",
                "basic.auth.password|hunter2",
                "sasl.jaas.config|M required username=\"me\" password=\"hunter2\";",
                "sasl.jaas.config|M required password=hunter2;",
                "sasl.jaas.config|M required password=\"${env:A}hunter2\";",
                "sasl.jaas.config|M required clientId=\"me\" clientSecret='hunter2';",
                "listener.name.x.sasl.jaas.config|M required password=\"hunter2\";"
            })
    void aSecretInPlainTextIsRefusedWithoutBeingTold(String key, String value) {
        assertThat(KafkaSecrets.plain(key, value)).hasValueSatisfying(problem -> assertThat(problem)
                .contains("plain text", "${env:NAME}", "${file:/PATH}")
                .doesNotContain("hunter2", "PRIVATE"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "ssl.key.password|${file:/run/secret}",
                "ssl.truststore.certificates|-----BEGIN CERTIFICATE-----",
                "sasl.jaas.config|${file:/run/jaas}",
                "sasl.jaas.config|M required username=\"me\" password=\"${env:A}\";",
                "sasl.jaas.config|M required useKeyTab=true keyTab=\"/etc/me.keytab\" principal=\"me\";",
                "sasl.oauthbearer.token.endpoint.url|https://id.example/token",
                "security.protocol|SASL_SSL"
            })
    void whatIsNoSecretIsLeftAlone(String key, String value) {
        assertThat(KafkaSecrets.plain(key, value)).isEmpty();
    }

    private static ProducerConfig client(Map<String, String> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("key.serializer", ByteArraySerializer.class);
        all.put("value.serializer", ByteArraySerializer.class);
        return new ProducerConfig(all);
    }
}
