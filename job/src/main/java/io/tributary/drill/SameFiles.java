package io.tributary.drill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Compares folders byte by byte. */
final class SameFiles {
    private SameFiles() {}

    /** What differs, a sentence for each file; nothing if the folders hold the same. */
    static List<String> differences(Path one, Path other) throws IOException {
        Set<String> names = files(one);
        names.addAll(files(other));
        List<String> differences = new ArrayList<>();
        for (String name : names) {
            Path a = one.resolve(name);
            Path b = other.resolve(name);
            if (!Files.exists(a) || !Files.exists(b)) {
                differences.add(name + " is in " + (Files.exists(a) ? one : other) + " alone");
            } else if (Files.mismatch(a, b) >= 0) {
                differences.add(name + " differs at byte " + Files.mismatch(a, b));
            }
        }
        return differences;
    }

    private static Set<String> files(Path folder) throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> tree = Files.walk(folder)) {
            tree.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .forEach(names::add);
        }
        return names;
    }
}
