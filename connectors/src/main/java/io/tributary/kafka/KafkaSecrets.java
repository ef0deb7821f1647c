package io.tributary.kafka;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/**
 * Secrets in properties of Kafka's clients. A property refers to them, as in {@code ${env:NAME}} or {@code
 * ${file:/PATH}}, and Kafka itself resolves that in the process that makes the client. So neither the settings of a job
 * nor its graph, both of which are kept and shown, ever hold one.
 */
public final class KafkaSecrets {
    private static final String PROVIDERS = "config.providers";
    private static final Map<String, Class<?>> OWN =
            Map.of(EnvironmentSecrets.ALIAS, EnvironmentSecrets.class, FileSecrets.ALIAS, FileSecrets.class);

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^:}]+:[^}]+}");
    private static final Pattern SECRET_NAME = Pattern.compile("(?i).*(?:password|passphrase|secret)");
    /** An option of a login module, as in {@code password="..."}. */
    private static final Pattern LOGIN_OPTION =
            Pattern.compile("([\\w.]+)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|([^\\s;]*))");

    /** Kafka hides them as it does passwords, but every broker and client shows them to the other. */
    private static final Set<String> CERTIFICATES =
            Set.of(SslConfigs.SSL_KEYSTORE_CERTIFICATE_CHAIN_CONFIG, SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG);

    private KafkaSecrets() {}

    /** The same properties, so that their client resolves references, beside providers that they name themselves. */
    public static Map<String, String> resolvable(Map<String, String> properties) {
        if (properties.values().stream()
                .noneMatch(value -> REFERENCE.matcher(value).find())) {
            return properties;
        }
        Map<String, String> resolvable = new HashMap<>(properties);
        Set<String> names = new LinkedHashSet<>();
        String named = properties.getOrDefault(PROVIDERS, "");
        if (!named.isBlank()) {
            names.addAll(List.of(named.trim().split("\\s*,\\s*", -1)));
        }
        OWN.forEach((alias, provider) -> {
            if (names.add(alias)) {
                resolvable.put(PROVIDERS + "." + alias + ".class", provider.getName());
            }
        });
        resolvable.put(PROVIDERS, String.join(",", names));
        return resolvable;
    }

    /**
     * What is wrong with a property that holds a secret itself, without telling it; empty where none is recognised.
     *
     * @param key of any client
     */
    public static Optional<String> plain(String key, String value) {
        if (key.endsWith(SaslConfigs.SASL_JAAS_CONFIG)) {
            return plainLoginOption(value).map(option -> "the option %s is a secret in plain text: %s"
                    .formatted(option, instead(option + "=\"", "\"")));
        }
        boolean secret = !CERTIFICATES.contains(key)
                && (isPassword(key) || SECRET_NAME.matcher(key).matches());
        return secret && !REFERENCE.matcher(value).matches()
                ? Optional.of("is a secret in plain text: " + instead("", ""))
                : Optional.empty();
    }

    private static Optional<String> plainLoginOption(String login) {
        Matcher options = LOGIN_OPTION.matcher(login);
        while (options.find()) {
            String value = List.of(2, 3, 4).stream()
                    .flatMap(group -> Optional.ofNullable(options.group(group)).stream())
                    .findFirst()
                    .orElse("");
            if (SECRET_NAME.matcher(options.group(1)).matches()
                    && !REFERENCE.matcher(value).matches()) {
                return Optional.of(options.group(1));
            }
        }
        return Optional.empty();
    }

    private static String instead(String before, String after) {
        return String.format(
                Locale.ROOT,
                "write %1$s${env:NAME}%2$s or %1$s${file:/PATH}%2$s, and set the variable or put the file where the job runs (docs/security.md)",
                before,
                after);
    }

    private static boolean isPassword(String key) {
        return List.of(ConsumerConfig.configDef(), ProducerConfig.configDef(), AdminClientConfig.configDef()).stream()
                .flatMap(client -> Optional.ofNullable(client.configKeys().get(key)).stream())
                .anyMatch(known -> known.type == ConfigDef.Type.PASSWORD);
    }
}
