package io.tributary.corpus;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The text of one source.
 *
 * @param name of the source; ends its topic, so it has to be legal there
 * @param documents in the order in which they are trained; none is blank
 */
public record Corpus(String name, List<String> documents) {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}");

    public Corpus {
        if (!isName(name)) {
            throw new IllegalArgumentException("\"" + name + "\" cannot name a source: " + NAME_RULE);
        }
        if (documents.isEmpty()) {
            throw new IllegalArgumentException("The source " + name + " has no text");
        }
        documents = List.copyOf(documents);
    }

    /** What {@link #isName} asks for, in words. */
    public static final String NAME_RULE =
            "up to 64 of a-z, A-Z, 0-9, dot, underscore and hyphen, a letter or digit first";

    /** Whether a source can be called so. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The UTF-8 bytes of all documents. */
    public long bytes() {
        return documents.stream()
                .mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }
}
