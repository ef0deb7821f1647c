package io.tributary.session;

import io.tributary.config.JobDefaults;
import io.tributary.config.JobSettings;
import io.tributary.config.SettingsException;
import io.tributary.config.SettingsFile;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The settings of jobs that were submitted, kept in the folder of their cluster, so that they can be resumed without
 * the file.
 */
public final class KeptSettings {
    private static final String ENDING = ".yaml";
    private static final String EFFECTIVE = ".effective";
    private static final String SET = "# --set ";
    private static final String HEADER = "# Submitted from ";

    private static final Set<PosixFilePermission> OWN_ALONE = PosixFilePermissions.fromString("rw-------");

    private final Path jobs;

    /** @param jobs a folder for them, of the cluster */
    public KeptSettings(Path jobs) {
        this.jobs = jobs;
    }

    /**
     * A text of settings with the place where it was read.
     *
     * @param folder from which names of files in it lead
     * @param sets single settings that count instead of the text's, as {@code PATH=VALUE}, each in a line
     */
    public record Text(String yaml, Path folder, List<String> sets) {
        public Text {
            sets = List.copyOf(sets);
        }

        /** A text as it is. */
        public Text(String yaml, Path folder) {
            this(yaml, folder, List.of());
        }

        /**
         * The text of a file.
         *
         * @throws SettingsException if it cannot be read
         */
        public static Text of(Path file) throws SettingsException {
            Path parent = file.toAbsolutePath().normalize().getParent();
            return new Text(SettingsFile.text(file), parent == null ? Path.of("/") : parent);
        }

        /** With further settings that count instead of its own. */
        public Text with(List<String> more) {
            return new Text(
                    yaml, folder, Stream.concat(sets.stream(), more.stream()).toList());
        }

        /**
         * What it says.
         *
         * @throws SettingsException with everything that is wrong with it
         */
        public JobSettings parse(JobDefaults defaults) throws SettingsException {
            return SettingsFile.parseJob(yaml, sets, folder, defaults);
        }
    }

    /**
     * Keeps the settings of a job, for nobody else's eyes: passwords of Kafka may be among them.
     *
     * @param effective what they come to, which is kept beside them to be looked at
     */
    public void keep(String jobId, Text text, String effective) throws IOException {
        Files.createDirectories(jobs);
        StringBuilder header = new StringBuilder(HEADER + text.folder() + "\n");
        text.sets().forEach(set -> header.append(SET).append(set).append('\n'));
        write(jobs.resolve(jobId + ENDING), header + text.yaml());
        write(effective(jobId), effective);
    }

    /** Where all settings of a job are, with those that were left out. */
    public Path effective(String jobId) {
        return jobs.resolve(jobId + EFFECTIVE);
    }

    private static void write(Path file, String text) throws IOException {
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(OWN_ALONE));
        Files.writeString(file, text);
    }

    /** The settings of all jobs whose ids begin so. */
    public List<Text> of(String jobIdPrefix) throws IOException {
        if (!Files.isDirectory(jobs)) {
            return List.of();
        }
        List<Path> files;
        try (Stream<Path> list = Files.list(jobs)) {
            files = list.filter(file -> file.getFileName().toString().startsWith(jobIdPrefix)
                            && file.getFileName().toString().endsWith(ENDING))
                    .sorted()
                    .toList();
        }
        List<Text> texts = new ArrayList<>();
        for (Path file : files) {
            String kept = Files.readString(file);
            int end = kept.indexOf('\n');
            if (!kept.startsWith(HEADER) || end < 0) {
                throw new Failure(
                        ErrorCode.SETTINGS_NOT_KEPT,
                        file + " does not begin with '" + HEADER + "': name the settings of the job with --config");
            }
            Path folder = Path.of(kept.substring(HEADER.length(), end));
            String rest = kept.substring(end + 1);
            List<String> sets = new ArrayList<>();
            while (rest.startsWith(SET)) {
                int line = rest.indexOf('\n');
                sets.add(rest.substring(SET.length(), line));
                rest = rest.substring(line + 1);
            }
            texts.add(new Text(rest, folder, sets));
        }
        return texts;
    }
}
