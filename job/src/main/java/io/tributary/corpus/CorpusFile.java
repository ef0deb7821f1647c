package io.tributary.corpus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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

    private static final ObjectMapper JSON = new ObjectMapper();

    private CorpusFile() {}

    /**
     * Reads the whole file.
     *
     * @throws IOException if it is missing, unreadable, too large, no UTF-8, not in its format, or without any text;
     *     the message names the file, and the line where there is one
     */
    public static Corpus read(String name, Path file) throws IOException {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new Failure(ErrorCode.TEXT_UNREADABLE, file + " is no readable file");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new Failure(
                    ErrorCode.TEXT_UNREADABLE,
                    file + " is larger than " + (MAX_BYTES >> 20) + " MiB: give a part of it");
        }
        List<String> documents;
        try {
            documents = isJsonLines(file) ? jsonLines(file) : paragraphs(file);
        } catch (CharacterCodingException e) {
            throw new Failure(ErrorCode.TEXT_UNREADABLE, file + " is not UTF-8 text", e);
        }
        if (documents.isEmpty()) {
            throw new Failure(ErrorCode.TEXT_UNREADABLE, file + " is empty: there is no text in it");
        }
        return new Corpus(name, documents);
    }

    private static boolean isJsonLines(Path file) {
        String lower = file.toString().toLowerCase(Locale.ROOT);
        return lower.endsWith(".jsonl") || lower.endsWith(".ndjson");
    }

    private static List<String> paragraphs(Path file) throws IOException {
        List<String> documents = new ArrayList<>();
        StringBuilder paragraph = new StringBuilder();
        for (String line : Files.readAllLines(file)) {
            if (line.isBlank()) {
                documents.addAll(Documents.split(paragraph.toString()));
                paragraph.setLength(0);
            } else {
                paragraph.append(paragraph.isEmpty() ? "" : "\n").append(line);
            }
        }
        documents.addAll(Documents.split(paragraph.toString()));
        return documents;
    }

    private static List<String> jsonLines(Path file) throws IOException {
        List<String> documents = new ArrayList<>();
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            if (!line.isBlank()) {
                documents.addAll(Documents.split(text(line, file + " line " + number)));
            }
        }
        return documents;
    }

    private static String text(String line, String where) throws IOException {
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
}
