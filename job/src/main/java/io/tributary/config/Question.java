package io.tributary.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a reader asked of a settings file, and the answer that counts. The questions of one reading are the effective
 * configuration; those of many are the description of all settings, see {@link Tour}.
 *
 * @param path of the setting, with the place in each list, as in {@code sources[0].name}
 * @param needed whether there is no answer but the file's
 * @param given whether the file answers
 * @param answer of the file, which may be wrong, or else the default, where it can be said in the file
 */
record Question(String path, Kind kind, boolean needed, boolean given, Optional<JsonNode> answer) {
    private static final Pattern INDEX = Pattern.compile("\\[[0-9]+]");

    /** The same path in every entry of a list: {@code sources[].name}. */
    String pattern() {
        return pattern(path);
    }

    static String pattern(String path) {
        return path.indexOf('[') < 0 ? path : INDEX.matcher(path).replaceAll("[]");
    }

    /** What may be answered. */
    sealed interface Kind {
        record Whole(long least, long most) implements Kind {}

        record Decimal(Interval interval) implements Kind {}

        record Text() implements Kind {}

        record Choice(List<String> words) implements Kind {
            public Choice {
                words = List.copyOf(words);
            }
        }

        record Quantity(Quantities unit) implements Kind {}

        /** A mapping whose keys others give a meaning to. */
        record Free() implements Kind {}

        /** Names with a list of texts each. */
        record TextLists() implements Kind {}

        record Mapping() implements Kind {}

        /** A list of mappings. */
        record Mappings() implements Kind {}
    }
}
