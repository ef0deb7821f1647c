package io.tributary.vocabulary;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads one message in the wire format of protocol buffers, field by field: call {@link #next}, then for the field at
 * hand one of the value methods or {@link #skip}.
 */
final class ProtoReader {
    private static final int START_GROUP = 3;
    private static final int END_GROUP = 4;

    private final byte[] bytes;
    private final int end;
    private int position;
    private int field;
    private int wireType;

    ProtoReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private ProtoReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.position = from;
        this.end = end;
    }

    /** Moves to the next field; false at the end of the message. */
    boolean next() {
        if (position == end) {
            return false;
        }
        long tag = readVarint();
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        if (field == 0 || tag >>> 32 != 0) {
            throw malformed(tag + " is no tag of a field");
        }
        return true;
    }

    int field() {
        return field;
    }

    long varint() {
        expect(ProtoWriter.VARINT);
        return readVarint();
    }

    boolean bool() {
        return varint() != 0;
    }

    float float32() {
        expect(ProtoWriter.FIXED32);
        int at = advance(Float.BYTES);
        return Float.intBitsToFloat((bytes[at] & 0xFF)
                | ((bytes[at + 1] & 0xFF) << 8)
                | ((bytes[at + 2] & 0xFF) << 16)
                | ((bytes[at + 3] & 0xFF) << 24));
    }

    String text() {
        expect(ProtoWriter.LENGTH_DELIMITED);
        int at = advance(readVarint());
        return new String(bytes, at, position - at, StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        expect(ProtoWriter.LENGTH_DELIMITED);
        int at = advance(readVarint());
        return Arrays.copyOfRange(bytes, at, position);
    }

    ProtoReader message() {
        expect(ProtoWriter.LENGTH_DELIMITED);
        int at = advance(readVarint());
        return new ProtoReader(bytes, at, position);
    }

    /** Passes over the value of the field at hand, whatever its wire type. */
    void skip() {
        int depth = 0;
        do {
            switch (wireType) {
                case ProtoWriter.VARINT -> readVarint();
                case ProtoWriter.FIXED64 -> advance(Long.BYTES);
                case ProtoWriter.LENGTH_DELIMITED -> advance(readVarint());
                case ProtoWriter.FIXED32 -> advance(Integer.BYTES);
                case START_GROUP -> depth++;
                case END_GROUP -> depth--;
                default -> throw malformed("field %d has the wire type %d".formatted(field, wireType));
            }
        } while (depth > 0 && next());
        if (depth != 0) {
            throw malformed("a group begins or ends without its other end");
        }
    }

    private void expect(int expected) {
        if (wireType != expected) {
            throw malformed("field %d has the wire type %d instead of %d".formatted(field, wireType, expected));
        }
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte part = bytes[advance(1)];
            value |= (long) (part & 0x7F) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw malformed("a number is longer than 64 bits");
    }

    /** Moves on by {@code length} bytes and gives the position before them. */
    private int advance(long length) {
        if (length < 0 || length > end - position) {
            throw malformed("field %d wants %d bytes and %d are left".formatted(field, length, end - position));
        }
        int at = position;
        position += (int) length;
        return at;
    }

    private IllegalArgumentException malformed(String why) {
        return new IllegalArgumentException("Not a SentencePiece model (a .model file): at byte %d of %d, %s"
                .formatted(position, bytes.length, why));
    }
}
