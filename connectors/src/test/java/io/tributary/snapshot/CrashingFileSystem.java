package io.tributary.snapshot;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;

/**
 * The local file system under the scheme {@code crash}, which stops at the n-th change, as a lost process would; under the
 * scheme {@code crash-store} it renames no folders, as object stores do not.
 */
public final class CrashingFileSystem extends LocalFileSystem {
    static final String SCHEME = "crash";
    static final String STORE = "crash-store";

    private static final AtomicInteger CHANGES_LEFT = new AtomicInteger(Integer.MAX_VALUE);

    private final String scheme;

    private CrashingFileSystem(String scheme) {
        this.scheme = scheme;
    }

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
        if (isDistributedFS()) {
            throw new UnsupportedOperationException("Nothing is renamed here");
        }
        return super.rename(from, to);
    }

    @Override
    public URI getUri() {
        return URI.create(scheme + ":///");
    }

    @Override
    public boolean isDistributedFS() {
        return scheme.equals(STORE);
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
        change();
        return super.delete(path, recursive);
    }

    /** Found by Flink through {@code META-INF/services}. */
    public static class Factory implements FileSystemFactory {
        @Override
        public String getScheme() {
            return SCHEME;
        }

        @Override
        public FileSystem create(URI uri) {
            return new CrashingFileSystem(getScheme());
        }
    }

    /** Likewise. */
    public static final class StoreFactory extends Factory {
        @Override
        public String getScheme() {
            return STORE;
        }
    }
}
