package io.tributary.session;

import java.nio.file.Path;

/** Places that a user names and a cluster has to find. */
final class Places {
    private static final String URI = "[A-Za-z][A-Za-z0-9+.-]*:.*";

    private Places() {}

    /** A URI as it is, or that of a path on this machine. */
    static String uri(String place) {
        if (place.matches(URI)) {
            return place;
        }
        // As Flink writes them, with one slash, and none at the end: Java adds one to folders that are there.
        String path = Path.of(place).toAbsolutePath().normalize().toUri().getRawPath();
        return "file:" + (path.endsWith("/") ? path.substring(0, path.length() - 1) : path);
    }
}
