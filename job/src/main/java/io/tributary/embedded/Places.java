package io.tributary.embedded;

import java.nio.file.Path;

/**
 * Places that a user names and a cluster has to find, as Flink writes them. Flink takes the text of a place as it is, and
 * so one in which a blank or a letter with an accent is encoded would be another.
 */
public final class Places {
    private static final String URI = "[A-Za-z][A-Za-z0-9+.-]*:.*";

    private Places() {}

    /** A URI as it is, or that of a path on this machine. */
    public static String uri(String place) {
        return place.matches(URI) ? place : uri(Path.of(place));
    }

    /** That of a path on this machine. */
    public static String uri(Path path) {
        // Java's own URI would end in a slash where the folder is there.
        return "file:" + path.toAbsolutePath().normalize();
    }
}
