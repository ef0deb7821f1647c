package io.tributary.embedded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Commands of other JVMs. */
final class JavaProcess {
    /** The java program that runs this JVM. */
    static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private JavaProcess() {}

    /**
     * The same command, deaf to what a terminal sends to all of its processes: Ctrl-C, and that it closes.
     *
     * @param name that the shell uses in its own errors
     */
    static List<String> ignoringCtrlC(String name, List<String> command) {
        List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", name));
        all.addAll(command);
        return all;
    }
}
