package io.tributary.corpus;

import com.github.luben.zstd.ZstdInputStream;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.Closeable;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** The text of a file, or of standard input, unpacked where its first bytes say that it is gzip or Zstandard. */
final class TextInput implements Closeable {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int MAGIC_BYTES = 4;

    private final String name;
    private final OptionalLong size;
    private final Counting raw;
    private final InputStream text;

    private enum Packing {
        NONE,
        GZIP,
        ZSTD
    }

    private TextInput(String name, OptionalLong size, InputStream in) throws IOException {
        this.name = name;
        this.size = size;
        this.raw = new Counting(in);
        this.text = unpacked(name, new PushbackInputStream(raw, MAGIC_BYTES));
    }

    /**
     * Opens a file.
     *
     * @throws IOException if it cannot be read, or is not packed as its name says
     */
    static TextInput of(Path file) throws IOException {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new Failure(ErrorCode.TEXT_UNREADABLE, file + " is no readable file");
        }
        InputStream in = Files.newInputStream(file);
        try {
            return new TextInput(file.toString(), OptionalLong.of(Files.size(file)), in);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** What comes through a pipe. */
    static TextInput of(InputStream in) throws IOException {
        return new TextInput("standard input", OptionalLong.empty(), in);
    }

    String name() {
        return name;
    }

    InputStream text() {
        return text;
    }

    /** How much of the file has been read, packed as it is, from 0 to 1; empty for a pipe. */
    double share() {
        return size.isPresent() ? (double) raw.count / Math.max(1, size.getAsLong()) : Double.NaN;
    }

    /**
     * Goes on at an offset of the unpacked text.
     *
     * @throws IOException if the text is not as long
     */
    void skipTo(long offset) throws IOException {
        try {
            text.skipNBytes(offset);
        } catch (EOFException e) {
            throw tooShort(offset, e);
        }
        if (size.isPresent() && raw.count > size.getAsLong()) {
            throw tooShort(offset, null);
        }
    }

    @Override
    public void close() throws IOException {
        text.close();
    }

    private IOException tooShort(long offset, @Nullable EOFException cause) {
        return new Failure(
                ErrorCode.TEXT_CHANGED,
                "%s ends before byte %,d, up to which it was sent: it is another text now. Without --resume it is sent from its beginning"
                        .formatted(name, offset),
                cause);
    }

    private static InputStream unpacked(String name, PushbackInputStream in) throws IOException {
        byte[] magic = new byte[MAGIC_BYTES];
        int length = in.readNBytes(magic, 0, MAGIC_BYTES);
        in.unread(magic, 0, length);
        Packing packing = packing(magic);
        Packing named = packing(name);
        if (length > 0 && named != Packing.NONE && named != packing) {
            throw new Failure(
                    ErrorCode.TEXT_UNREADABLE,
                    "%s is not packed as its name says: it does not begin as %s does".formatted(name, named));
        }
        return switch (packing) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(in, BUFFER_BYTES);
            case ZSTD -> new ZstdInputStream(in);
        };
    }

    private static Packing packing(byte[] magic) {
        if (magic[0] == 0x1F && magic[1] == (byte) 0x8B) {
            return Packing.GZIP;
        }
        boolean zstd = magic[0] == 0x28 && magic[1] == (byte) 0xB5 && magic[2] == 0x2F && magic[3] == (byte) 0xFD;
        return zstd ? Packing.ZSTD : Packing.NONE;
    }

    private static Packing packing(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith(".gz")) {
            return Packing.GZIP;
        }
        return lower.endsWith(".zst") ? Packing.ZSTD : Packing.NONE;
    }

    /** Counts what is read. */
    private static final class Counting extends FilterInputStream {
        private long count;

        Counting(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = in.read();
            count += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = in.read(bytes, offset, length);
            count += Math.max(0, read);
            return read;
        }

        @Override
        public long skip(long length) throws IOException {
            long skipped = in.skip(length);
            count += skipped;
            return skipped;
        }
    }
}
