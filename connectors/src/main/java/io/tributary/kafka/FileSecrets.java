package io.tributary.kafka;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.provider.ConfigProvider;

/**
 * Makes {@code ${file:/PATH}} in a property of a Kafka client the text of a file, without the line end that editors put
 * there, and {@code ${file:/PATH:KEY}} one value of a file of properties. Each client that is made reads the file anew.
 */
public final class FileSecrets implements ConfigProvider {
    static final String ALIAS = "file";

    @Override
    public ConfigData get(String path, Set<String> keys) {
        Map<String, String> values = new HashMap<>();
        for (String key : keys) {
            values.put(key, path.isEmpty() ? text(Path.of(key)) : value(Path.of(path), key));
        }
        return new ConfigData(values);
    }

    @Override
    public ConfigData get(String path) {
        throw new ConfigException("${file:...} needs the path of a file");
    }

    @Override
    public void configure(Map<String, ?> settings) {
        // There is nothing to choose.
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    private static String text(Path file) {
        try {
            return Files.readString(file).replaceFirst("\\R\\z", "");
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static String value(Path file, String key) {
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        String value = properties.getProperty(key);
        if (value == null) {
            throw new ConfigException("The file %s, which ${file:...} in the properties of Kafka names, has no line %s="
                    .formatted(file, key));
        }
        return value;
    }

    /** Without the cause's message alone, which may be a bare path. */
    private static ConfigException unreadable(Path file, IOException cause) {
        return new ConfigException("The file %s, which ${file:...} in the properties of Kafka names, cannot be read: %s"
                .formatted(file, cause));
    }
}
