package io.tributary.judge;

import io.tributary.model.Decoding;
import io.tributary.model.Generator;
import io.tributary.model.LanguageModel;
import io.tributary.model.Sampler;
import io.tributary.vocabulary.PieceDecoder;
import io.tributary.vocabulary.SourceTokenizer;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Lets a model write a text on. */
public final class Writer implements AutoCloseable {
    private final SourceTokenizer tokenizer;
    private final PieceDecoder decoder;
    private final Decoding decoding;
    private final Generator generator;
    private final int promptTokens;

    /** Why a text has ended. */
    public enum End {
        /** The model says so. */
        END_OF_TEXT,
        /** It was to be no longer. */
        MAX_TOKENS,
        /** Nobody reads it any more. */
        NOT_WANTED
    }

    /** Takes the text as it comes. */
    @FunctionalInterface
    public interface Reader {
        /** Takes some more whole characters; says whether it wants more after them. */
        boolean takes(String text);
    }

    /**
     * What has been written.
     *
     * @param tokens chosen, without the end of the text
     */
    public record Written(int tokens, End end) {}

    /**
     * Begins behind a prompt; of one that is longer than what the model sees, behind its end.
     *
     * @param prompt empty to begin a text
     */
    public Writer(LanguageModel model, SourceTokenizer tokenizer, Sampler sampler, String prompt) {
        this.tokenizer = tokenizer;
        int[] ids = tokenizer.encode(prompt);
        promptTokens = ids.length;
        decoder = tokenizer.decoder();
        // So that the first space after the prompt is told from the one that encoding puts before a text.
        Arrays.stream(ids).forEach(decoder::add);
        decoding = model.decoding();
        int[] begun = IntStream.concat(IntStream.of(tokenizer.endOfText()), Arrays.stream(ids))
                .toArray();
        generator = new Generator(decoding, sampler, begun);
    }

    /** How many tokens of the prompt the model does not see; the mark before the prompt takes the place of one. */
    public int unseenTokens() {
        return Math.max(0, promptTokens - decoding.capacity());
    }

    /** How many tokens the prompt has. */
    public int promptTokens() {
        return promptTokens;
    }

    /**
     * Writes until the text or the number of tokens ends.
     */
    public Written write(int maxTokens, Reader reader) {
        for (int tokens = 0; tokens < maxTokens; tokens++) {
            int id = generator.next();
            if (id == tokenizer.endOfText()) {
                reader.takes(decoder.end());
                return new Written(tokens, End.END_OF_TEXT);
            }
            String text = decoder.add(id);
            if (!text.isEmpty() && !reader.takes(text)) {
                return new Written(tokens + 1, End.NOT_WANTED);
            }
        }
        reader.takes(decoder.end());
        return new Written(maxTokens, End.MAX_TOKENS);
    }

    @Override
    public void close() {
        decoding.close();
    }
}
