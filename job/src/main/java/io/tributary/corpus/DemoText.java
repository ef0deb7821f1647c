package io.tributary.corpus;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.stream.XMLStreamException;

/**
 * The text of the demo: prose in several languages and scripts, and code, out of public Maven artifacts that are
 * fetched once. The table {@code demo-text.tsv} says which, with their checksums and licences.
 */
public final class DemoText {
    private static final int SENTENCES_PER_DOCUMENT = 10;
    /** Far more than a run of some minutes reads; only the code is cut by it. */
    private static final long MAX_CHARS_PER_SOURCE = 4L << 20;

    private enum Kind {
        EXAMPLES,
        CHINESE_PROSE,
        CODE
    }

    private record Part(String source, Kind kind, Artifact artifact) {
        static Part parse(String line) {
            String[] columns = line.split("\t", -1);
            return new Part(columns[0], Kind.valueOf(columns[1]), new Artifact(columns[2], columns[3]));
        }
    }

    private DemoText() {}

    /**
     * Fetches what is missing and reads all sources.
     *
     * @param cache where the artifacts are kept
     * @param progress told what is fetched
     * @throws IOException if an artifact cannot be had, or is not the one the table expects
     */
    public static List<Corpus> load(Path cache, Consumer<String> progress) throws IOException, InterruptedException {
        Map<String, List<String>> bySource = new LinkedHashMap<>();
        for (Part part : parts()) {
            Path jar = part.artifact().fetch(cache, progress);
            bySource.computeIfAbsent(part.source(), name -> new ArrayList<>()).addAll(read(part.kind(), jar));
        }
        List<Corpus> corpora = new ArrayList<>();
        bySource.forEach((source, documents) -> corpora.add(new Corpus(source, mixed(documents))));
        return corpora;
    }

    /** The names of its sources. */
    public static List<String> sources() throws IOException {
        return parts().stream().map(Part::source).distinct().toList();
    }

    private static List<Part> parts() throws IOException {
        InputStream table = Objects.requireNonNull(DemoText.class.getResourceAsStream("demo-text.tsv"));
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(table, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(Part::parse)
                    .toList();
        }
    }

    private static List<String> read(Kind kind, Path jar) throws IOException {
        List<String> documents = new ArrayList<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> entries =
                    zip.stream().filter(entry -> wanted(kind, entry.getName())).toList();
            for (ZipEntry entry : entries) {
                try (InputStream content = zip.getInputStream(entry)) {
                    documents.addAll(documents(kind, content));
                } catch (XMLStreamException e) {
                    throw new IOException("Cannot read " + entry.getName() + " in " + jar, e);
                }
            }
        }
        return documents;
    }

    private static boolean wanted(Kind kind, String path) {
        return switch (kind) {
            case EXAMPLES -> path.contains("/rules/") && path.matches(".*/(grammar|style)[^/]*\\.xml");
            case CHINESE_PROSE, CODE -> path.endsWith(".java");
        };
    }

    private static List<String> documents(Kind kind, InputStream content) throws IOException, XMLStreamException {
        return switch (kind) {
            case EXAMPLES -> Documents.group(ExampleSentences.read(content), SENTENCES_PER_DOCUMENT);
            case CHINESE_PROSE -> JavaSources.chineseProse(text(content));
            case CODE -> JavaSources.code(text(content));
        };
    }

    private static String text(InputStream content) throws IOException {
        return new String(content.readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Rule files and packages are sorted by subject; a stream that is not would change under the model's feet. */
    private static List<String> mixed(List<String> documents) {
        List<String> shuffled = new ArrayList<>(documents);
        Collections.shuffle(shuffled, new Random(17));
        long chars = 0;
        int count = 0;
        while (count < shuffled.size() && chars < MAX_CHARS_PER_SOURCE) {
            chars += shuffled.get(count++).length();
        }
        return shuffled.subList(0, count);
    }
}
