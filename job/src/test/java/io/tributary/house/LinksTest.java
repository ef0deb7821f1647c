package io.tributary.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LinksTest {
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);

    @Test
    void everyLinkOfTheDocumentsLeadsToAFileAndAHeadingOfIt() throws Exception {
        List<Path> documents = documents();
        List<String> links = documents.stream()
                .flatMap(document -> found(LINK, document))
                .filter(link -> !link.contains("://"))
                .toList();
        assertThat(links).hasSizeGreaterThan(100);
        assertThat(documents).allSatisfy(document -> assertThat(found(LINK, document)
                        .filter(link -> !link.contains("://"))
                        .filter(link -> !leadsSomewhere(document, link)))
                .as("links of %s that lead nowhere", document)
                .isEmpty());
    }

    private static boolean leadsSomewhere(Path document, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]);
        return Files.exists(target)
                && (parts.length == 1
                        || found(HEADING, target).map(LinksTest::anchor).anyMatch(parts[1]::equals));
    }

    /** As GitHub makes it of a heading. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{Alnum}_ -]", "")
                .strip()
                .replace(' ', '-');
    }

    private static Stream<String> found(Pattern pattern, Path document) {
        try {
            return pattern.matcher(Files.readString(document)).results().map((MatchResult result) -> result.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> own = Files.list(Repository.root());
                Stream<Path> pages = Files.walk(Repository.root().resolve("docs"))) {
            return Stream.concat(own, pages)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
        }
    }
}
