package io.tributary.cli;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Room for what a run writes. */
final class DiskSpace {
    private DiskSpace() {}

    /**
     * Looks whether there is room.
     *
     * @throws IOException if fewer than these bytes are free where the folder is
     */
    static void check(Path folder, long bytes) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free < bytes) {
            throw new Failure(
                    ErrorCode.DISK_FULL,
                    "The disk of " + folder + " has " + (free >> 20) + " MiB free, and this run may write "
                            + (bytes >> 20) + " MiB: make room, name another folder with --out, or train fewer rounds");
        }
    }

    /** Removes a folder with all that is in it, if it is there. */
    static void removeFolder(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> content = Files.walk(folder)) {
            deepestFirst = content.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }
}
