package io.tributary.snapshot;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/**
 * Brings files and the entries of folders to disk, so that a power cut does not leave a snapshot with holes. Only for
 * local file systems: an object store keeps what it has acknowledged.
 */
final class Durable {
    private Durable() {}

    static void file(FSDataOutputStream out, FileSystem fileSystem) throws IOException {
        out.flush();
        if (!fileSystem.isDistributedFS()) {
            out.sync();
        }
    }

    static void folder(Path folder) throws IOException {
        if (folder.getFileSystem().isDistributedFS()) {
            return;
        }
        try (FileChannel channel = FileChannel.open(java.nio.file.Path.of(folder.getPath()), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
