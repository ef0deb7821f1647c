package io.tributary.snapshot;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;

/** The local file system under the scheme {@code crash}, which stops at the n-th change, as a lost process would. */
public final class CrashingFileSystem extends LocalFileSystem {
    static final String SCHEME = "crash";

    private static final AtomicInteger CHANGES_LEFT = new AtomicInteger(Integer.MAX_VALUE);

    /** Lets so many changes happen, and no more. */
    static void crashAfter(int changes) {
        CHANGES_LEFT.set(changes);
    }

    static void neverCrash() {
        CHANGES_LEFT.set(Integer.MAX_VALUE);
    }

    private static void change() throws IOException {
        if (CHANGES_LEFT.getAndDecrement() <= 0) {
            throw new IOException("crashed");
        }
    }

    @Override
    public FSDataOutputStream create(Path file, WriteMode mode) throws IOException {
        change();
        return super.create(file, mode);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
        change();
        return super.rename(from, to);
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        change();
        return super.delete(path, recursive);
    }

    /** Found by Flink through {@code META-INF/services}. */
    public static final class Factory implements FileSystemFactory {
        @Override
        public String getScheme() {
            return SCHEME;
        }

        @Override
        public FileSystem create(URI uri) {
            return new CrashingFileSystem();
        }
    }
}
