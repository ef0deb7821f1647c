package io.tributary.vocabulary;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.IntUnaryOperator;

/**
 * Turns token ids into text while they come. All that it gives, joined, is what {@link Tokenizer#decode} makes of all ids
 * at once: a character whose bytes lie in several pieces comes with its last one, and the space that encoding has put
 * before the text is taken away.
 */
public final class PieceDecoder {
    private final Tokenizer tokenizer;
    private final IntUnaryOperator idInModel;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer waiting = ByteBuffer.allocate(0);
    private boolean started;

    /** @param tokenizer of the ids; it may be closed */
    public PieceDecoder(Tokenizer tokenizer) {
        this(tokenizer, IntUnaryOperator.identity());
    }

    /** @param idInModel the tokenizer's id of one that is added */
    PieceDecoder(Tokenizer tokenizer, IntUnaryOperator idInModel) {
        this.tokenizer = tokenizer;
        this.idInModel = idInModel;
    }

    /** The text that is certain with this id; often empty, where a character is not whole yet. */
    public String add(int id) {
        byte[] more = tokenizer.utf8(idInModel.applyAsInt(id));
        ByteBuffer bytes = ByteBuffer.allocate(waiting.remaining() + more.length)
                .put(waiting)
                .put(more)
                .flip();
        CharBuffer chars = CharBuffer.allocate(bytes.remaining());
        decoder.decode(bytes, chars, false);
        waiting = bytes;
        return text(chars);
    }

    /** What is left: U+FFFD where the last character has not all its bytes. Nothing may be added after this. */
    public String end() {
        CharBuffer chars = CharBuffer.allocate(waiting.remaining());
        decoder.decode(waiting, chars, true);
        decoder.flush(chars);
        return text(chars);
    }

    private String text(CharBuffer chars) {
        String text = chars.flip().toString().replace(SentencePieceModel.SPACE, ' ');
        if (text.isEmpty() || started) {
            return text;
        }
        started = true;
        return tokenizer.addsDummyPrefix() && text.startsWith(" ") ? text.substring(1) : text;
    }
}
