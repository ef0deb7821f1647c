package io.tributary.snapshot;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Reads a safetensors file of the types in {@link Dtype}, whole tensors or slices of them. For one thread at a time. */
public final class SafetensorsReader implements Closeable {
    private final Path file;
    private final FSDataInputStream in;
    private final SafetensorsHeader header;
    private final long dataStart;

    private SafetensorsReader(Path file, FSDataInputStream in, SafetensorsHeader header, long dataStart) {
        this.file = file;
        this.in = in;
        this.header = header;
        this.dataStart = dataStart;
    }

    /** Opens the file and checks its header against its length; the values are not looked at. */
    public static SafetensorsReader open(Path file) throws IOException {
        FileSystem fileSystem = file.getFileSystem();
        long length = fileSystem.getFileStatus(file).getLen();
        FSDataInputStream in = fileSystem.open(file);
        try {
            int headerBytes = headerBytes(in, length);
            long dataStart = (long) Long.BYTES + headerBytes;
            SafetensorsHeader header =
                    SafetensorsHeader.decode(readFully(in, new byte[headerBytes], headerBytes), length - dataStart);
            return new SafetensorsReader(file, in, header, dataStart);
        } catch (IOException e) {
            in.close();
            throw new Failure(
                    ErrorCode.SNAPSHOT_BROKEN,
                    "%s is damaged, or not a safetensors file: %s".formatted(file, e.getMessage()),
                    e);
        }
    }

    private static int headerBytes(FSDataInputStream in, long length) throws IOException {
        if (length < Long.BYTES) {
            throw new IOException("it has %d bytes, and the length of the header alone takes 8".formatted(length));
        }
        long headerBytes = ByteBuffer.wrap(readFully(in, new byte[Long.BYTES], Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        if (headerBytes < 0 || headerBytes > Math.min(SafetensorsHeader.MAX_BYTES, length - Long.BYTES)) {
            throw new IOException("its header would have %d bytes, and the file has %d".formatted(headerBytes, length));
        }
        return (int) headerBytes;
    }

    /** The names of the tensors, in the order of the file. */
    public Set<String> names() {
        return Collections.unmodifiableSet(header.entries().keySet());
    }

    public SortedMap<String, String> metadata() {
        return Collections.unmodifiableSortedMap(header.metadata());
    }

    /** The sizes of a tensor's dimensions. */
    public List<Long> shape(String name) throws IOException {
        return entry(name).shape();
    }

    /** Reads a whole tensor, of at most 2^31 - 1 values. */
    public float[] read(String name) throws IOException {
        long count = Tensor.count(entry(name).shape());
        if (count > Integer.MAX_VALUE - 8) {
            throw new IOException("The tensor '%s' of %s has %d values, too many for one array: read it in slices"
                    .formatted(name, file, count));
        }
        float[] values = new float[(int) count];
        read(name, 0, values);
        return values;
    }

    /** Fills {@code out} with the values of a tensor that begin at index {@code from}. */
    public void read(String name, long from, float[] out) throws IOException {
        SafetensorsHeader.Entry entry = entry(name);
        long count = Tensor.count(entry.shape());
        if (from < 0 || from > count - out.length) {
            throw new IndexOutOfBoundsException("The tensor '%s' of %s has %d values: there are no %d from %d on"
                    .formatted(name, file, count, out.length, from));
        }
        Dtype dtype = entry.dtype();
        in.seek(dataStart + entry.begin() + from * dtype.bytes());
        byte[] bytes = new byte[Math.min(out.length, SafetensorsWriter.SLICE_FLOATS) * dtype.bytes()];
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < out.length; at += SafetensorsWriter.SLICE_FLOATS) {
            int length = Math.min(SafetensorsWriter.SLICE_FLOATS, out.length - at);
            readFully(in, bytes, length * dtype.bytes());
            dtype.get(buffer, out, at, length);
        }
    }

    private SafetensorsHeader.Entry entry(String name) throws IOException {
        SafetensorsHeader.Entry entry = header.entries().get(name);
        if (entry == null) {
            throw new IOException("%s has no tensor '%s', but %s".formatted(file, name, names()));
        }
        return entry;
    }

    private static byte[] readFully(FSDataInputStream in, byte[] bytes, int length) throws IOException {
        int read = in.readNBytes(bytes, 0, length);
        if (read < length) {
            throw new EOFException("it ends %d bytes early".formatted(length - read));
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
