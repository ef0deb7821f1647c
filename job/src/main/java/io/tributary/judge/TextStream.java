package io.tributary.judge;

import io.tributary.corpus.DocumentReader;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.flow.BlockPacker;
import io.tributary.record.TokenBlocks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Predicate;

/** The batches of a file for training, over and over. Held-out documents are left out. */
final class TextStream implements AutoCloseable {
    private final Path file;
    private final BlockPacker packer;
    private final Predicate<byte[]> isHeldOut;
    private final Queue<TokenBlocks> full = new ArrayDeque<>();
    private DocumentReader reader;
    private boolean hasText;

    TextStream(Path file, BlockPacker packer, Predicate<byte[]> isHeldOut) throws IOException {
        this.file = file;
        this.packer = packer;
        this.isHeldOut = isHeldOut;
        this.reader = DocumentReader.open(file);
    }

    /**
     * The next batch.
     *
     * @throws IOException if the file cannot be read, or has nothing to train on
     */
    TokenBlocks next() throws IOException {
        while (full.isEmpty()) {
            fill();
        }
        return full.remove();
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
            full.addAll(packer.add(document.get(), utf8.length));
        }
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
