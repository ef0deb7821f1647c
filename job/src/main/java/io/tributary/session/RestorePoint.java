package io.tributary.session;

import io.tributary.embedded.Places;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.job.Savepoint;
import io.tributary.snapshot.FlinkFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.UnsupportedFileSystemSchemeException;

/**
 * A savepoint or a retained checkpoint.
 *
 * @param path of its folder, as a URI
 * @param written when it was complete; the beginning of time where that is not known
 */
public record RestorePoint(String path, FileTime written) {
    private static final String METADATA = "_metadata";
    /** Flink's own layout: {@code savepoint-<6 digits of the job>-<random>}, {@code <job>/chk-<number>}. */
    private static final Pattern OF_JOB =
            Pattern.compile(".*/(?:savepoint-([0-9a-f]{6})-[^/]*|([0-9a-f]{32})/chk-\\d+)/?");

    private static final int DEPTH = 4;

    /** One that is named by a path or a URI, its {@code _metadata} or its folder. */
    public static RestorePoint named(String name) {
        String folder = name.endsWith("/" + METADATA) ? name.substring(0, name.length() - METADATA.length() - 1) : name;
        return new RestorePoint(Places.uri(folder), FileTime.fromMillis(0));
    }

    /** Those in the folder of a cluster, the newest first. */
    public static List<RestorePoint> in(Path folder) throws IOException {
        return in(folder.toString());
    }

    /** Those in {@code savepoints} and {@code checkpoints} under a path or a URI, the newest first. */
    public static List<RestorePoint> in(String place) throws IOException {
        List<RestorePoint> found = new ArrayList<>();
        for (String parent : List.of("savepoints", "checkpoints")) {
            found.addAll(under(new org.apache.flink.core.fs.Path(Places.uri(place), parent)));
        }
        found.sort(Comparator.comparing(RestorePoint::written).reversed());
        return found;
    }

    /** A running job removes old checkpoints while they are looked at. */
    private static List<RestorePoint> under(org.apache.flink.core.fs.Path folder) throws IOException {
        try {
            return new FlinkFolder(folder).look((files, path) -> {
                List<RestorePoint> found = new ArrayList<>();
                if (files.exists(path)) {
                    find(files, path, DEPTH, found);
                }
                return found;
            });
        } catch (UnsupportedFileSystemSchemeException e) {
            throw new Failure(
                    ErrorCode.SAVEPOINT_BROKEN,
                    "What is in " + folder + " cannot be seen from here: name a savepoint with --from PATH",
                    e);
        }
    }

    private static void find(
            FileSystem files, org.apache.flink.core.fs.Path folder, int depth, List<RestorePoint> found)
            throws IOException {
        FileStatus[] entries = files.listStatus(folder);
        if (entries == null) {
            throw new FileNotFoundException(folder.toString());
        }
        for (FileStatus entry : entries) {
            if (entry.isDir()) {
                if (depth > 1) {
                    find(files, entry.getPath(), depth - 1, found);
                }
            } else if (entry.getPath().getName().equals(METADATA)) {
                found.add(new RestorePoint(folder.toString(), FileTime.fromMillis(entry.getModificationTime())));
            }
        }
    }

    /** The first digits of the id of the job that wrote it, all or six of them, as far as the path tells. */
    public Optional<String> jobIdPrefix() {
        Matcher matcher = OF_JOB.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
    }

    /**
     * Looks whether a job can begin with it, since Flink takes a job with any path and lets it fail later.
     *
     * @return what is wrong; nothing if it is sound, or lies where only the cluster can look
     */
    public Optional<String> problem() {
        var folder = new org.apache.flink.core.fs.Path(path);
        var metadata = new org.apache.flink.core.fs.Path(folder, METADATA);
        try {
            FileSystem files = folder.getFileSystem();
            if (!files.exists(folder)) {
                return Optional.of("there is nothing at " + path);
            }
            if (!files.exists(metadata)) {
                return Optional.of(path + " has no " + METADATA + ": it is no savepoint, or was never completed");
            }
            Savepoint.open(path).requireAllFiles();
            return Optional.empty();
        } catch (UnsupportedFileSystemSchemeException e) {
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }
}
