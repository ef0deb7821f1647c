package io.tributary.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;

/** What commands print for programs. */
final class Json {
    private static final ObjectWriter PRETTY = new ObjectMapper().writerWithDefaultPrettyPrinter();

    private Json() {}

    /** A record, a map, a list or a tree, over several lines. */
    static String text(Object value) throws JsonProcessingException {
        return PRETTY.writeValueAsString(value);
    }
}
