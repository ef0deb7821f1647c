package io.tributary.job;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;
import org.apache.flink.core.fs.local.LocalRecoverableWriter;

/** The local file system under the scheme {@code faulty}, of whose changes a watcher hears and may let them fail. */
public final class FaultyFileSystem extends LocalFileSystem {
    private static final String SCHEME = "faulty";
    private static final Map<String, Watcher> WATCHERS = new ConcurrentHashMap<>();

    private final Watcher watcher;

    private FaultyFileSystem(Watcher watcher) {
        this.watcher = watcher;
    }

    /** Hears of changes; what it throws is thrown where the change was to happen. */
    interface Watcher {
        /** Before some bytes of a file are written; a large file is written in several pieces. */
        default void writes(Path file) throws IOException {}

        /** Before a file or folder gets another name. */
        default void renames(Path from) throws IOException {}

        /** After it has. */
        default void renamed(Path to) throws IOException {}
    }

    /** The address of a local folder on a file system with this watcher. */
    static String address(java.nio.file.Path folder, Watcher watcher) {
        String key = UUID.randomUUID().toString();
        WATCHERS.put(key, watcher);
        return SCHEME + "://" + key + folder.toAbsolutePath();
    }

    @Override
    public FSDataOutputStream create(Path file, WriteMode mode) throws IOException {
        return new WatchedStream(super.create(file, mode), file, watcher);
    }

    /** None, so that a checkpoint's metadata is written as its other files are. */
    @Override
    public LocalRecoverableWriter createRecoverableWriter() {
        throw new UnsupportedOperationException("Files are written in place");
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        watcher.renames(from);
        boolean done = super.rename(from, to);
        watcher.renamed(to);
        return done;
    }

    private static final class WatchedStream extends FSDataOutputStream {
        private final FSDataOutputStream real;
        private final Path file;
        private final Watcher watcher;

        WatchedStream(FSDataOutputStream real, Path file, Watcher watcher) {
            this.real = real;
            this.file = file;
            this.watcher = watcher;
        }

        @Override
        public void write(int b) throws IOException {
            watcher.writes(file);
            real.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            watcher.writes(file);
            real.write(bytes, offset, length);
        }

        @Override
        public long getPos() throws IOException {
            return real.getPos();
        }

        @Override
        public void flush() throws IOException {
            real.flush();
        }

        @Override
        public void sync() throws IOException {
            real.sync();
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }

    /** Found by Flink through {@code META-INF/services}. */
    public static final class Factory implements FileSystemFactory {
        @Override
        public String getScheme() {
            return SCHEME;
        }

        @Override
        public FileSystem create(URI address) {
            return new FaultyFileSystem(Objects.requireNonNull(WATCHERS.get(address.getAuthority())));
        }
    }
}
