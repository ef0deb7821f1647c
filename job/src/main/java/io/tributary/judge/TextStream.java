package io.tributary.judge;

import io.tributary.corpus.DocumentReader;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.vocabulary.SourceTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The tokens of a file for training, over and over: {@code </s> document </s> document </s> ...}, in batches whose rows
 * begin with the last token of the row before. Held-out documents are left out.
 */
final class TextStream implements AutoCloseable {
    private final Path file;
    private final SourceTokenizer tokenizer;
    private final Predicate<byte[]> isHeldOut;
    private DocumentReader reader;
    private boolean hasText;
    private int[] waiting = new int[1 << 12];
    private int length;
    private long bytes;

    TextStream(Path file, SourceTokenizer tokenizer, Predicate<byte[]> isHeldOut) throws IOException {
        this.file = file;
        this.tokenizer = tokenizer;
        this.isHeldOut = isHeldOut;
        this.reader = DocumentReader.open(file);
        waiting[length++] = tokenizer.endOfText();
    }

    /**
     * The next batch, row after row of T+1 ids.
     *
     * @throws IOException if the file cannot be read, or has nothing to train on
     */
    int[] next(int rows, int sequenceLength) throws IOException {
        int targets = rows * sequenceLength;
        while (length <= targets) {
            fill();
        }
        int[] tokensBT1 = new int[rows * (sequenceLength + 1)];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(waiting, row * sequenceLength, tokensBT1, row * (sequenceLength + 1), sequenceLength + 1);
        }
        System.arraycopy(waiting, targets, waiting, 0, length - targets);
        length -= targets;
        return tokensBT1;
    }

    /** Of the text that was read so far, in UTF-8: some of it may wait for the next batch. */
    long bytes() {
        return bytes;
    }

    private void fill() throws IOException {
        Optional<String> document = reader.next();
        if (document.isEmpty()) {
            if (!hasText) {
                throw new Failure(
                        ErrorCode.TEXT_UNREADABLE,
                        file + " has no text to train on but what happens to be held out: give more documents");
            }
            reader.close();
            reader = DocumentReader.open(file);
            return;
        }
        byte[] utf8 = document.get().getBytes(StandardCharsets.UTF_8);
        if (!isHeldOut.test(utf8)) {
            hasText = true;
            bytes += utf8.length;
            int[] ids = tokenizer.encode(document.get());
            if (length + ids.length + 1 > waiting.length) {
                waiting = Arrays.copyOf(waiting, Math.max(2 * waiting.length, length + ids.length + 1));
            }
            System.arraycopy(ids, 0, waiting, length, ids.length);
            length += ids.length;
            waiting[length++] = tokenizer.endOfText();
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
