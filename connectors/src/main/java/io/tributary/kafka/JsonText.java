package io.tributary.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Takes the text out of a JSON object. */
final class JsonText {
    // The size of the whole record is checked before; Jackson's own limits on a string's length would be a second one.
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private static final String ESCAPE = "\\u";

    private JsonText() {}

    static String extract(String json, String field) throws RejectedDocumentException {
        try (JsonParser parser = JSON.createParser(json)) {
            String text = field(parser, field);
            // What was decoded from UTF-8 has no half pairs but escaped ones; to look for them takes as long as all
            // else.
            if (json.contains(ESCAPE) && !StrictUtf8.canHold(text)) {
                throw new RejectedDocumentException(
                        "The JSON field '%s' escapes half a surrogate pair, which is no character".formatted(field));
            }
            return text;
        } catch (JsonProcessingException e) {
            throw new RejectedDocumentException(
                    "The value is not JSON: %s, at character %d".formatted(e.getOriginalMessage(), offset(e)));
        } catch (IOException e) {
            throw new AssertionError("Reading a string in memory does no I/O", e);
        }
    }

    /** Reads to the end, so that a value cut short, or two in one record, are noticed. */
    private static String field(JsonParser parser, String field) throws IOException, RejectedDocumentException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new RejectedDocumentException("The value is JSON, but %s instead of an object with the field '%s'"
                    .formatted(describe(parser.currentToken()), field));
        }
        @Nullable String text = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = parser.currentName().equals(field);
            JsonToken value = parser.nextToken();
            if (!wanted) {
                parser.skipChildren();
            } else if (text != null) {
                throw new RejectedDocumentException("The JSON object has the field '%s' twice".formatted(field));
            } else if (value != JsonToken.VALUE_STRING) {
                throw new RejectedDocumentException(
                        "The JSON field '%s' is %s, not a string".formatted(field, describe(value)));
            } else {
                text = parser.getText();
            }
        }
        if (parser.nextToken() != null) {
            throw new RejectedDocumentException("More follows the JSON object: a record holds one document");
        }
        if (text == null) {
            throw new RejectedDocumentException("The JSON object has no field '%s'".formatted(field));
        }
        return text;
    }

    private static String describe(@Nullable JsonToken token) {
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NULL -> "null";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            default -> token.name();
        };
    }

    private static long offset(JsonProcessingException e) {
        return e.getLocation() == null ? -1 : e.getLocation().getCharOffset();
    }
}
