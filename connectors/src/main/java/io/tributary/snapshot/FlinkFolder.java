package io.tributary.snapshot;

import java.io.FileNotFoundException;
import java.io.IOException;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** A folder of any file system that Flink knows, which others may write to meanwhile. */
public record FlinkFolder(Path path) {
    /** A job changes a folder now and then, so that the second look nearly always finds it at rest. */
    private static final int MOST_LOOKS = 100;

    /** What is to be found in a folder. */
    @FunctionalInterface
    public interface Look<T> {
        T at(FileSystem files, Path folder) throws IOException;
    }

    /**
     * Looks, and looks again where something goes meanwhile: Flink asks for each name that it has listed, and one that is
     * removed or renamed spoils the whole list.
     *
     * @throws IOException if it cannot be read, or never stands still
     */
    public <T> T look(Look<T> look) throws IOException {
        for (int looks = 1; ; looks++) {
            try {
                return look.at(path.getFileSystem(), path);
            } catch (FileNotFoundException e) {
                if (looks == MOST_LOOKS) {
                    throw new IOException(path + " changes while it is read: try again", e);
                }
            }
        }
    }

    /** Whether something can be written to it without meeting anything else: it is empty, or not there. */
    public boolean isFree() throws IOException {
        FileSystem files = path.getFileSystem();
        if (!files.exists(path)) {
            return true;
        }
        FileStatus[] entries = files.listStatus(path);
        return files.getFileStatus(path).isDir() && (entries == null || entries.length == 0);
    }
}
