package io.tributary.kafka;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** UTF-8 that refuses what it cannot keep, where {@link String}'s own constructor would put replacement characters. */
final class StrictUtf8 {
    private static final char REPLACEMENT = '\uFFFD';

    private StrictUtf8() {}

    static String decode(byte[] bytes) throws RejectedDocumentException {
        // The JVM has this in machine code, three times as fast as a decoder that refuses; it puts a replacement
        // character where that one would refuse.
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? text : decodeOrRefuse(bytes);
    }

    private static String decodeOrRefuse(byte[] bytes) throws RejectedDocumentException {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        // Never more UTF-16 units than bytes.
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            int at = in.position();
            String found = HexFormat.ofDelimiter(" ")
                    .withUpperCase()
                    .formatHex(bytes, at, Math.min(bytes.length, at + result.length()));
            throw new RejectedDocumentException(
                    "The value is not UTF-8: at byte %d of %d stands %s. Convert the text to UTF-8 before producing it"
                            .formatted(at, bytes.length, found));
        }
        return out.flip().toString();
    }

    /** Half a surrogate pair, which JSON can escape and UTF-8 cannot hold, would turn into a question mark later. */
    static boolean canHold(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }
}
