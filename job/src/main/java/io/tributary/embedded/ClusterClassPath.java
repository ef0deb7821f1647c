package io.tributary.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The class paths of a {@link LocalCluster}'s processes.
 *
 * @param flink of the JobManager and the TaskManagers: Flink and the engine, but nothing that a job brings itself
 * @param broker of the Kafka broker
 * @param built whether a build may replace what they name, while the processes that were started with it still run
 */
public record ClusterClassPath(String flink, String broker, boolean built) {
    private static final String HOME = "tributary.home";
    private static final String ALL_JARS = "/*";

    /** All that this JVM has, for all processes. */
    public static ClusterClassPath ofThisJvm() {
        String all = System.getProperty("java.class.path");
        return new ClusterClassPath(all, all, false);
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
        return new ClusterClassPath(home.resolve("lib") + ALL_JARS, System.getProperty("java.class.path"), true);
    }

    private static Path home() {
        String home = System.getProperty(HOME);
        if (home == null) {
            throw new IllegalStateException("A cluster takes its programs from the folder that -D" + HOME
                    + " names: use the launcher ./tributary");
        }
        return Path.of(home);
    }

    /**
     * The same jars where no build reaches them, if one could: a JVM loads classes when it first needs them, so a running
     * cluster needs the jars that it was started with.
     *
     * @param running whether a process of the cluster runs, which keeps those that are there
     * @throws IOException if they cannot be linked or copied, 240 MB of them
     */
    ClusterClassPath keptBy(ClusterFolder folder, boolean running) throws IOException {
        if (!built) {
            return this;
        }
        if (!running || !Files.isDirectory(folder.lib())) {
            Path next = folder.newTemporary("lib");
            keep(flink, next.resolve("flink"));
            keep(broker, next.resolve("broker"));
            folder.replaceLib(next);
        }
        return new ClusterClassPath(
                inFolder(flink, folder.lib().resolve("flink")),
                inFolder(broker, folder.lib().resolve("broker")),
                false);
    }

    private static void keep(String classPath, Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Path jar : jars(classPath)) {
            Path own = folder.resolve(jar.getFileName());
            try {
                Files.createLink(own, jar);
            } catch (NoSuchFileException e) {
                throw new IOException("The jar " + jar + " is missing: build again with ./tributary build", e);
            } catch (FileSystemException | UnsupportedOperationException e) {
                // The cluster's folder is on another disk, or jars and folder are not of one user.
                Files.copy(jar, own);
            }
        }
    }

    private static List<Path> jars(String classPath) throws IOException {
        List<Path> jars = new ArrayList<>();
        for (String entry : entries(classPath)) {
            if (entry.endsWith(ALL_JARS)) {
                Path folder = Path.of(entry.substring(0, entry.length() - ALL_JARS.length()));
                try (Stream<Path> files = Files.list(folder)) {
                    files.filter(file -> file.toString().endsWith(".jar")).forEach(jars::add);
                }
            } else if (isJar(entry)) {
                jars.add(Path.of(entry));
            }
        }
        return jars;
    }

    /** The folder with the jars, and what was no jar. */
    private static String inFolder(String classPath, Path folder) {
        List<String> own = new ArrayList<>(List.of(folder + ALL_JARS));
        entries(classPath).stream()
                .filter(entry -> !entry.endsWith(ALL_JARS) && !isJar(entry))
                .forEach(own::add);
        return String.join(File.pathSeparator, own);
    }

    private static boolean isJar(String entry) {
        return entry.endsWith(".jar");
    }

    private static List<String> entries(String classPath) {
        return List.of(classPath.split(File.pathSeparator, -1));
    }
}
