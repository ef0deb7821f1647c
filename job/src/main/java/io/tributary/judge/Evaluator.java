package io.tributary.judge;

import io.tributary.model.LanguageModel;
import io.tributary.vocabulary.SourceTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Judges a text, document after document, as validation in training does: the stream {@code </s> document </s> document
 * </s>} is cut into rows of T targets, each of which begins with the last token of the row before and sees nothing else
 * before it. Every token but the first mark is a target once. Memory does not depend on the length of the text.
 */
public final class Evaluator {
    /** Tokens that are judged together, about: enough to keep the engine busy, few enough for any memory. */
    private static final int TOGETHER = 2048;

    private final LanguageModel model;
    private final SourceTokenizer tokenizer;
    private final int sequenceLength;
    private final int rows;
    /** What waits to be judged; the first one's turn as a target is over. */
    private final int[] waiting;

    private int length;
    private long documents;
    private long bytes;
    private long tokens;
    private double nats;

    public Evaluator(LanguageModel model, SourceTokenizer tokenizer) {
        this.model = model;
        this.tokenizer = tokenizer;
        sequenceLength = model.shape().sequenceLength();
        rows = Math.max(1, TOGETHER / sequenceLength);
        waiting = new int[rows * sequenceLength + 1];
        waiting[length++] = tokenizer.endOfText();
    }

    /** Judges one more document. */
    public void add(String document) {
        documents++;
        bytes += document.getBytes(StandardCharsets.UTF_8).length;
        for (int id : tokenizer.encode(document)) {
            add(id);
        }
        add(tokenizer.endOfText());
    }

    private void add(int id) {
        waiting[length++] = id;
        if (length == waiting.length) {
            judge();
        }
    }

    /**
     * What comes of all documents so far. Nothing may be added after this.
     *
     * @throws IllegalArgumentException if there was none
     */
    public Evaluation result() {
        judge();
        return new Evaluation(documents, bytes, tokens, nats);
    }

    /** Whole rows together, and what is left in a shorter one. */
    private void judge() {
        int targets = length - 1;
        int whole = targets / sequenceLength;
        if (whole > 0) {
            int[] tokensBT1 = new int[whole * (sequenceLength + 1)];
            for (int row = 0; row < whole; row++) {
                System.arraycopy(
                        waiting, row * sequenceLength, tokensBT1, row * (sequenceLength + 1), sequenceLength + 1);
            }
            nats += model.nats(tokensBT1, whole);
        }
        if (targets > whole * sequenceLength) {
            nats += model.nats(Arrays.copyOfRange(waiting, whole * sequenceLength, length), 1);
        }
        tokens += targets;
        waiting[0] = waiting[length - 1];
        length = 1;
    }
}
