package io.tributary.snapshot;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * {@code counts.json} of a source: what it has been trained on since it began.
 *
 * @param tokens that were targets
 * @param bytes of the text in UTF-8
 */
public record SourceCounts(long tokens, long bytes) {
    byte[] toJson() {
        return "{\"tokens\": %d, \"bytes\": %d}\n".formatted(tokens, bytes).getBytes(StandardCharsets.US_ASCII);
    }

    static SourceCounts read(byte[] json) throws IOException {
        return new JsonMapper().readValue(json, SourceCounts.class);
    }
}
