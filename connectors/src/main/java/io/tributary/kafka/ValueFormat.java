package io.tributary.kafka;

import java.io.Serializable;

/**
 * What the value of a Kafka record is. It is chosen per source and never guessed from the bytes: a text may well begin
 * with a brace.
 */
public sealed interface ValueFormat extends Serializable {
    /** The whole value is the text, in UTF-8. */
    ValueFormat TEXT = new Text();

    /**
     * Reads a setting: {@code auto} or {@code text} for {@link Text}, {@code json} for the field {@code text} of an
     * object, {@code json:NAME} for another field.
     *
     * @throws IllegalArgumentException for anything else
     */
    static ValueFormat of(String setting) {
        if (setting.startsWith("json:")) {
            return new Json(setting.substring("json:".length()));
        }
        return switch (setting) {
            case "auto", "text" -> TEXT;
            case "json" -> new Json("text");
            default ->
                throw new IllegalArgumentException(
                        "No document format is called '%s': use auto, text, json or json:FIELD".formatted(setting));
        };
    }

    /** See {@link #TEXT}. */
    record Text() implements ValueFormat {}

    /**
     * The value is one JSON object in UTF-8, and the text is the string in one of its fields.
     *
     * @param field the name of a field of the object itself, not of one inside it
     */
    record Json(String field) implements ValueFormat {
        public Json {
            if (field.isEmpty()) {
                throw new IllegalArgumentException("json: needs the name of a field, as in json:text");
            }
        }
    }
}
