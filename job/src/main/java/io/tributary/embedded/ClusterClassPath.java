package io.tributary.embedded;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The class paths of a {@link LocalCluster}'s processes.
 *
 * @param flink of the JobManager and the TaskManagers: Flink and the engine, but nothing that a job brings itself
 * @param broker of the Kafka broker
 */
public record ClusterClassPath(String flink, String broker) {
    private static final String HOME = "tributary.home";

    /** All that this JVM has, for all processes. */
    public static ClusterClassPath ofThisJvm() {
        String all = System.getProperty("java.class.path");
        return new ClusterClassPath(all, all);
    }

    /**
     * The folders that the build makes, where the launcher says they are.
     *
     * @throws IllegalStateException if this JVM was not started by the launcher
     */
    public static ClusterClassPath installed() {
        Path home = home();
        if (!Files.isDirectory(home.resolve("lib"))) {
            throw new IllegalStateException(
                    "There is no folder " + home.resolve("lib") + ": build again with ./tributary build");
        }
        return new ClusterClassPath(home.resolve("lib") + "/*", System.getProperty("java.class.path"));
    }

    private static Path home() {
        String home = System.getProperty(HOME);
        if (home == null) {
            throw new IllegalStateException("A cluster takes its programs from the folder that -D" + HOME
                    + " names: use the launcher ./tributary");
        }
        return Path.of(home);
    }
}
