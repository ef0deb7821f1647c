package io.tributary.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where things of a person are kept that belong to no cluster of this machine, as the XDG directories say. */
final class UserState {
    private UserState() {}

    /** A file or folder of that name, in a folder that is there. */
    static Path file(String name) throws IOException {
        String state = System.getenv().getOrDefault("XDG_STATE_HOME", "");
        Path root = state.isBlank() ? Path.of(System.getProperty("user.home"), ".local", "state") : Path.of(state);
        return Files.createDirectories(root.resolve("tributary")).resolve(name);
    }
}
