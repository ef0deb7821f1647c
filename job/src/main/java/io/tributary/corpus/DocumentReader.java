package io.tributary.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the documents of a user's own text one after the other; a line and a document are in memory at a time, however
 * long the file is. {@link CorpusFile} tells the formats.
 */
public final class DocumentReader implements Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final BufferedReader in;
    private final boolean isJsonLines;
    private final StringBuilder paragraph = new StringBuilder();
    private final Deque<String> ready = new ArrayDeque<>();
    private long lines;
    private boolean ended;

    private DocumentReader(Path file, BufferedReader in) {
        this.file = file;
        this.in = in;
        String lower = file.toString().toLowerCase(Locale.ROOT);
        this.isJsonLines = lower.endsWith(".jsonl") || lower.endsWith(".ndjson");
    }

    /**
     * Opens a file.
     *
     * @throws IOException if it is missing or unreadable; the message names it
     */
    public static DocumentReader open(Path file) throws IOException {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new Failure(ErrorCode.TEXT_UNREADABLE, file + " is no readable file");
        }
        return new DocumentReader(file, Files.newBufferedReader(file));
    }

    /**
     * The next document, which is not blank; none at the end.
     *
     * @throws IOException if the file is no UTF-8 or not in its format; the message names it, and the line where there is
     *     one
     */
    public Optional<String> next() throws IOException {
        while (ready.isEmpty() && !ended) {
            try {
                Optional<String> line = Optional.ofNullable(in.readLine());
                lines++;
                ended = line.isEmpty();
                take(line.orElse(""));
            } catch (CharacterCodingException e) {
                throw new Failure(ErrorCode.TEXT_UNREADABLE, file + " is not UTF-8 text", e);
            }
        }
        return Optional.ofNullable(ready.poll());
    }

    private void take(String line) throws IOException {
        if (line.isBlank()) {
            ready.addAll(Documents.split(paragraph.toString()));
            paragraph.setLength(0);
        } else if (isJsonLines) {
            ready.addAll(Documents.split(text(line)));
        } else {
            paragraph.append(paragraph.isEmpty() ? "" : "\n").append(line);
            takeFullPieces();
        }
    }

    /** A file need not have a blank line. */
    private void takeFullPieces() {
        int from = 0;
        while (paragraph.length() - from > Documents.MAX_CHARS) {
            int to = Documents.end(paragraph, from);
            ready.addAll(Documents.split(paragraph.substring(from, to)));
            from = to;
        }
        paragraph.delete(0, from);
    }

    private String text(String line) throws IOException {
        String where = file + " line " + lines;
        try {
            JsonNode text = JSON.readTree(line).path("text");
            if (text.isTextual()) {
                return text.textValue();
            }
        } catch (JsonProcessingException e) {
            throw new Failure(ErrorCode.TEXT_UNREADABLE, where + " is no JSON: " + e.getOriginalMessage(), e);
        }
        throw new Failure(ErrorCode.TEXT_UNREADABLE, where + " has no field \"text\" with a string");
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
