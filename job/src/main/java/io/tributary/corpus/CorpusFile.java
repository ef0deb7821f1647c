package io.tributary.corpus;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a user's own text.
 *
 * <p>A file whose name ends in {@code .jsonl} or {@code .ndjson} holds one JSON object per line with its text in the
 * field {@code text}. Any other is plain UTF-8 text in which blank lines separate documents. Documents longer than 16
 * Ki characters are cut.
 */
public final class CorpusFile {
    /** The text of a demo is held in memory. */
    private static final long MAX_BYTES = 256L << 20;

    private CorpusFile() {}

    /**
     * Reads the whole file.
     *
     * @throws IOException if it is missing, unreadable, too large, no UTF-8, not in its format, or without any text;
     *     the message names the file, and the line where there is one
     */
    public static Corpus read(String name, Path file) throws IOException {
        List<String> documents = new ArrayList<>();
        try (DocumentReader reader = DocumentReader.open(file)) {
            if (Files.size(file) > MAX_BYTES) {
                throw new Failure(
                        ErrorCode.TEXT_UNREADABLE,
                        file + " is larger than " + (MAX_BYTES >> 20) + " MiB: give a part of it");
            }
            for (Optional<String> document = reader.next(); document.isPresent(); document = reader.next()) {
                documents.add(document.get());
            }
        }
        if (documents.isEmpty()) {
            throw new Failure(ErrorCode.TEXT_UNREADABLE, file + " is empty: there is no text in it");
        }
        return new Corpus(name, documents);
    }
}
