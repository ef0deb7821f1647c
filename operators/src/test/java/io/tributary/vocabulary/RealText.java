package io.tributary.vocabulary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Real text that every JDK brings along: names of languages and countries, written in each of the languages, and the
 * names of Unicode's characters.
 */
final class RealText {
    private static final int NAMES_IN_LINE = 8;

    private RealText() {}

    /** Lines in hundreds of languages and dozens of scripts, {@code linesPerLanguage} in each. */
    static List<String> manyLanguages(int linesPerLanguage) {
        List<Locale> locales = Arrays.stream(Locale.getAvailableLocales())
                .sorted(Comparator.comparing(Locale::toLanguageTag))
                .toList();
        List<String> lines = new ArrayList<>();
        for (int language = 0; language < locales.size(); language++) {
            Locale in = locales.get(language);
            for (int line = 0; line < linesPerLanguage; line++) {
                int first = (language * linesPerLanguage + line) * NAMES_IN_LINE;
                lines.add(IntStream.range(first, first + NAMES_IN_LINE)
                        .mapToObj(name -> locales.get(name % locales.size()).getDisplayName(in))
                        .collect(Collectors.joining(", ")));
            }
        }
        return lines;
    }

    /** Names of the first {@code count} characters that have one, such as LATIN SMALL LETTER A. */
    static List<String> characterNames(int count) {
        List<String> names = IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
                .mapToObj(Character::getName)
                .filter(Objects::nonNull)
                .limit(count)
                .toList();
        return IntStream.range(0, names.size() / NAMES_IN_LINE)
                .mapToObj(line -> String.join(" ", names.subList(line * NAMES_IN_LINE, (line + 1) * NAMES_IN_LINE)))
                .toList();
    }

    /** About 2.5 MB of UTF-8. */
    static List<String> corpus() {
        return Stream.concat(manyLanguages(6).stream(), characterNames(40_000).stream())
                .toList();
    }
}
