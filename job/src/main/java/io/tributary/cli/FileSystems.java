package io.tributary.cli;

import io.tributary.embedded.ClusterFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.flink.configuration.ConfigConstants;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginUtils;

/**
 * Flink's file systems in the process of a command, such as s3. Flink's own processes load them when they start; a
 * command has to do it, or it reads nothing but this machine's files.
 */
final class FileSystems {
    private static Optional<Configuration> loaded = Optional.empty();

    private FileSystems() {}

    /**
     * Loads the plugins in the folder that {@code FLINK_PLUGINS_DIR} names, with the settings of the Flink that is meant.
     * Without plugins nothing is done.
     *
     * @param folder of a cluster on this machine, which need not be there
     * @throws IOException if a plugin cannot be loaded
     */
    static synchronized void load(Path folder) throws IOException {
        String plugins = System.getenv().getOrDefault(ConfigConstants.ENV_FLINK_PLUGINS_DIR, "");
        if (plugins.isBlank() || !Files.isDirectory(Path.of(plugins))) {
            return;
        }
        Configuration settings = settings(folder);
        if (loaded.filter(settings::equals).isPresent()) {
            return;
        }
        // Loading logs, and the first logger decides where to.
        System.setProperty("tributary.log", log(folder).toString());
        FileSystem.initialize(settings, PluginUtils.createPluginManagerFromRootFolder(settings));
        loaded = Optional.of(settings);
    }

    private static Path log(Path folder) throws IOException {
        return Files.isDirectory(folder) ? new ClusterFolder(folder).clientLog() : UserState.file("client.log");
    }

    /** Of Flink: those that {@code FLINK_CONF_DIR} names, as for Flink's own tools, else those of the folder's cluster. */
    static Configuration settings(Path folder) {
        String named = System.getenv().getOrDefault(ConfigConstants.ENV_FLINK_CONF_DIR, "");
        return read(named.isBlank() ? new ClusterFolder(folder).conf() : Path.of(named));
    }

    /** Of the folder's cluster, which another Flink of this machine does not change; of Flink where it has none. */
    static Configuration ownSettings(Path folder) {
        Path own = new ClusterFolder(folder).conf();
        return Files.exists(own.resolve(GlobalConfiguration.FLINK_CONF_FILENAME)) ? read(own) : settings(folder);
    }

    private static Configuration read(Path conf) {
        return Files.exists(conf.resolve(GlobalConfiguration.FLINK_CONF_FILENAME))
                ? GlobalConfiguration.loadConfiguration(conf.toString())
                : new Configuration();
    }
}
