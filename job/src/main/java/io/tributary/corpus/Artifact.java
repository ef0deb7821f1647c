package io.tributary.corpus;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A file in a Maven repository.
 *
 * @param coordinates group:artifact:version:packaging, and :classifier where there is one
 * @param sha256 of the file, in hexadecimal
 */
record Artifact(String coordinates, String sha256) {
    /** The copy goal of older releases of this plugin does not understand classifiers. */
    private static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

    private static final int OUTPUT_LINES_IN_ERRORS = 5;

    /**
     * The file, from the folder if it is there already.
     *
     * @throws IOException if Maven cannot fetch it, or the file is not the one with this checksum
     */
    Path fetch(Path folder, Consumer<String> progress) throws IOException, InterruptedException {
        Path file = folder.resolve(fileName());
        if (!Files.exists(file)) {
            progress.accept("Fetching " + coordinates);
            copy(Files.createDirectories(folder));
        }
        String found = checksum(file);
        if (!found.equals(sha256)) {
            Files.delete(file);
            throw new Failure(
                    ErrorCode.DOWNLOAD_FAILED,
                    file + " was not the expected file (SHA-256 " + found + " instead of " + sha256
                            + ") and is deleted: run again to fetch it anew");
        }
        return file;
    }

    private String fileName() {
        String[] parts = coordinates.split(":", -1);
        String classifier = parts.length > 4 ? "-" + parts[4] : "";
        return parts[1] + "-" + parts[2] + classifier + "." + parts[3];
    }

    private void copy(Path folder) throws IOException, InterruptedException {
        Path log = folder.resolve("fetch.log");
        Process maven = new ProcessBuilder(
                        "mvn", "-B", "-q", COPY, "-Dartifact=" + coordinates, "-DoutputDirectory=" + folder)
                // A project in the current folder is not concerned.
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int status;
        try {
            status = maven.waitFor();
        } catch (InterruptedException e) {
            maven.destroy();
            throw e;
        }
        if (status != 0 || !Files.exists(folder.resolve(fileName()))) {
            throw new Failure(
                    ErrorCode.DOWNLOAD_FAILED,
                    "Cannot fetch " + coordinates + " through Maven. Is there a network? Without one, use"
                            + " text of your own: --corpus NAME=FILE. Maven said:\n" + firstLines(log));
        }
    }

    private static String firstLines(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> !line.isBlank())
                .limit(OUTPUT_LINES_IN_ERRORS)
                .collect(Collectors.joining("\n"));
    }

    private static String checksum(Path file) throws IOException {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
