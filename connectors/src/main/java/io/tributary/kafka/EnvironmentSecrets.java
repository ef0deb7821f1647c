package io.tributary.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.ConfigProvider;

/**
 * Makes {@code ${env:NAME}} in a property of a Kafka client the value of an environment variable. Kafka's own provider
 * leaves the reference as it is where the variable is missing, and a broker then refuses a strange password.
 */
public final class EnvironmentSecrets implements ConfigProvider {
    static final String ALIAS = "env";

    @Override
    public ConfigData get(String path, Set<String> names) {
        Map<String, String> values = new HashMap<>();
        for (String name : names) {
            String value = path.isEmpty() ? System.getenv(name) : null;
            if (value == null) {
                throw new ConfigException(
                        "The environment variable %s, which ${env:...} in the properties of Kafka names, is not set in this process"
                                .formatted(path.isEmpty() ? name : path + ":" + name));
            }
            values.put(name, value);
        }
        return new ConfigData(values);
    }

    @Override
    public ConfigData get(String path) {
        throw new ConfigException("${env:...} needs the name of an environment variable");
    }

    @Override
    public void configure(Map<String, ?> settings) {
        // There is nothing to choose.
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
