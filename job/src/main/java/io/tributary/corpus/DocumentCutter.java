package io.tributary.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Cuts a text into documents while it is read, and holds no more than one of them, nor more of it than may be sent. */
final class DocumentCutter {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    /** Longer lines of white space beyond ASCII are taken for text. */
    private static final int SHORT_LINE_BYTES = 256;

    private final InputStream in;
    private final Cut cut;
    private final Held line;
    private final Held document;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int at;
    private int filled;
    /** Of the next byte, in the text. */
    private long position;

    /**
     * One document.
     *
     * @param bytes of it, its beginning alone if it is too long; without the line end behind it
     * @param from where it begins in the text
     * @param to where the next one may begin
     * @param length in bytes
     */
    record Piece(byte[] bytes, long from, long to, long length) {
        boolean tooLong() {
            return length > bytes.length;
        }
    }

    /**
     * @param in the text from {@code position} on
     * @param maxBytes of a document that may be sent
     */
    DocumentCutter(InputStream in, Cut cut, int maxBytes, long position) {
        this.in = in;
        this.cut = cut;
        this.line = new Held(maxBytes);
        this.document = new Held(maxBytes);
        this.position = position;
    }

    /** The next document; none at the end of the text. */
    Optional<Piece> next() throws IOException {
        if (position == 0) {
            skipByteOrderMark();
        }
        return switch (cut) {
            case PARAGRAPHS -> paragraph();
            case LINES -> line();
            case WHOLE -> whole();
        };
    }

    private Optional<Piece> paragraph() throws IOException {
        document.clear();
        long from = position;
        while (readLine()) {
            if (!line.isBlank()) {
                document.addLine(line);
            } else if (document.length > 0) {
                return Optional.of(document.piece(from, position));
            } else {
                from = position;
            }
        }
        return document.length > 0 ? Optional.of(document.piece(from, position)) : Optional.empty();
    }

    private Optional<Piece> line() throws IOException {
        long from = position;
        while (readLine()) {
            if (!line.isBlank()) {
                return Optional.of(line.piece(from, position));
            }
            from = position;
        }
        return Optional.empty();
    }

    private Optional<Piece> whole() throws IOException {
        document.clear();
        long from = position;
        while (fill()) {
            document.add(buffer, at, filled - at);
            consume(filled - at);
        }
        return document.isBlank() ? Optional.empty() : Optional.of(document.piece(from, position));
    }

    /** Reads up to the next line end and past it; whether there was anything. */
    private boolean readLine() throws IOException {
        line.clear();
        boolean any = false;
        while (fill()) {
            any = true;
            int end = at;
            while (end < filled && buffer[end] != '\n') {
                end++;
            }
            line.add(buffer, at, end - at);
            boolean ended = end < filled;
            consume(end - at + (ended ? 1 : 0));
            if (ended) {
                break;
            }
        }
        line.dropCarriageReturn();
        return any;
    }

    private boolean fill() throws IOException {
        if (at == filled) {
            at = 0;
            filled = Math.max(0, in.read(buffer));
        }
        return at < filled;
    }

    private void consume(int bytes) {
        at += bytes;
        position += bytes;
    }

    private void skipByteOrderMark() throws IOException {
        filled = in.readNBytes(buffer, 0, BYTE_ORDER_MARK.length);
        if (Arrays.equals(buffer, 0, filled, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length)) {
            consume(filled);
        }
    }

    /** Bytes up to the most that may be sent, and how many there were. */
    private static final class Held {
        private final int maxBytes;
        private byte[] bytes = new byte[4096];
        private int count;
        private long length;

        Held(int maxBytes) {
            this.maxBytes = maxBytes;
        }

        void clear() {
            count = 0;
            length = 0;
        }

        void add(byte[] from, int offset, int size) {
            int room = Math.min(size, maxBytes - count);
            if (count + room > bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(maxBytes, Math.max(2L * bytes.length, count + room)));
            }
            System.arraycopy(from, offset, bytes, count, room);
            count += room;
            length += size;
        }

        void addLine(Held line) {
            if (length > 0) {
                add(new byte[] {'\n'}, 0, 1);
            }
            add(line.bytes, 0, line.count);
            length += line.length - line.count;
        }

        /** Of a line end as Windows writes it. */
        void dropCarriageReturn() {
            if (count == length && count > 0 && bytes[count - 1] == '\r') {
                count--;
                length--;
            }
        }

        boolean isBlank() {
            for (int i = 0; i < count; i++) {
                // Most lines have a letter first, or after some spaces.
                if (bytes[i] > ' ') {
                    return false;
                }
                if (bytes[i] < 0) {
                    return length <= SHORT_LINE_BYTES && new String(bytes, 0, count, StandardCharsets.UTF_8).isBlank();
                }
                if (!Character.isWhitespace(bytes[i])) {
                    return false;
                }
            }
            return length == count;
        }

        Piece piece(long from, long to) {
            return new Piece(Arrays.copyOf(bytes, count), from, to, length);
        }
    }
}
