package io.tributary.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Folders of snapshots, compared byte by byte. */
public final class Snapshots {
    private Snapshots() {}

    public static void assertThatFoldersAreEqual(Path one, Path other) throws Exception {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(one)) {
            files = walk.filter(Files::isRegularFile).map(one::relativize).toList();
        }
        assertThat(files).hasSizeGreaterThan(4);
        for (Path file : files) {
            assertThat(other.resolve(file)).hasSameBinaryContentAs(one.resolve(file));
        }
        try (Stream<Path> walk = Files.walk(other)) {
            assertThat(walk.filter(Files::isRegularFile)).hasSameSizeAs(files);
        }
    }
}
