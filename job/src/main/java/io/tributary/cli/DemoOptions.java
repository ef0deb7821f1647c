package io.tributary.cli;

import io.tributary.corpus.Corpus;
import io.tributary.corpus.DemoText;
import io.tributary.record.Variant;
import io.tributary.vocabulary.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options of {@code tributary demo}, as picocli sets them. */
final class DemoOptions {
    static final int ROUNDS = 8;
    static final int STEPS = 60;

    private static final String RUN_NAME = "yyyyMMdd-HHmmss";

    @Option(
            names = "--corpus",
            paramLabel = "NAME=FILE",
            description =
                    "Text of a source, instead of the demo's own; repeat it for each source. Plain UTF-8 text with"
                            + " blank lines between documents, or JSON lines (.jsonl) with a field \"text\".")
    private List<String> corpora = List.of();

    @Option(
            names = "--vocabulary",
            paramLabel = "[NAME=]FILE",
            description = "A SentencePiece model (.model) that a source is written in, instead of one trained from its"
                    + " first text; repeat it for each such source. Without NAME= it is for all sources, where the"
                    + " variant has one vocabulary.")
    private List<String> vocabularies = List.of();

    @Option(
            names = "--variant",
            paramLabel = "NAME",
            description =
                    "How the sources learn from each other: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    Variant variant = Variant.SPEC;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds to train (default: ${DEFAULT-VALUE}).")
    int rounds = ROUNDS;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Local steps of each source in a round (default: ${DEFAULT-VALUE}).")
    int steps = STEPS;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "Stop after so many minutes at the latest (default: ${DEFAULT-VALUE}).")
    int minutes = 10;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Subtasks of each operator (default: ${DEFAULT-VALUE}).")
    int parallelism = 2;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Seed of everything that is drawn at random (default: ${DEFAULT-VALUE}).")
    long seed = 1;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "For snapshots and logs; missing or empty (default: runs/ and the time).")
    Path out = Path.of("runs", LocalDateTime.now(ZoneId.systemDefault()).format(DateTimeFormatter.ofPattern(RUN_NAME)));

    @Option(names = "--kafka-port", paramLabel = "PORT", description = "Where Kafka listens (default: any free port).")
    int kafkaPort;

    @Option(
            names = "--web-port",
            paramLabel = "PORT",
            description = "Where Flink's web interface listens (default: any free port).")
    int webPort;

    @Option(
            names = "--page-port",
            paramLabel = "PORT",
            description = "Where the page with the run's figures listens (default: any free port).")
    int pagePort;

    @Option(names = "--keep", description = "Leave Kafka and Flink running at the end, until Ctrl-C.")
    boolean keep;

    /** A source of the user's own. */
    record Own(String name, Path file) {}

    /** The user's own sources, in the order given; none means the demo's text. Only after {@link #problems}. */
    List<Own> own() {
        return corpora.stream()
                .map(corpus -> {
                    int equals = corpus.indexOf('=');
                    return new Own(corpus.substring(0, equals), Path.of(corpus.substring(equals + 1)));
                })
                .toList();
    }

    /** The given vocabularies by source, as bytes of their files. Only after {@link #problems}. */
    Map<String, byte[]> vocabularies() throws IOException {
        Map<String, byte[]> models = new HashMap<>();
        for (String vocabulary : vocabularies) {
            int equals = vocabulary.indexOf('=');
            if (equals > 0) {
                models.put(
                        vocabulary.substring(0, equals), Files.readAllBytes(Path.of(vocabulary.substring(equals + 1))));
            }
        }
        return models;
    }

    /** The vocabulary of all sources, if one is given. Only after {@link #problems}. */
    Optional<byte[]> vocabulary() throws IOException {
        for (String vocabulary : vocabularies) {
            if (vocabulary.indexOf('=') < 0) {
                return Optional.of(Files.readAllBytes(Path.of(vocabulary)));
            }
        }
        return Optional.empty();
    }

    /** Everything that is wrong with the options, each in a sentence; empty if nothing is. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        checkRange(problems, "--rounds", rounds, 1, 1_000_000);
        checkRange(problems, "--steps", steps, 1, 1_000_000);
        checkRange(problems, "--minutes", minutes, 1, 7 * 24 * 60);
        checkRange(problems, "--parallelism", parallelism, 1, 128);
        checkRange(problems, "--kafka-port", kafkaPort, 0, 65_535);
        checkRange(problems, "--web-port", webPort, 0, 65_535);
        checkRange(problems, "--page-port", pagePort, 0, 65_535);
        if (kafkaPort != 0 && kafkaPort == webPort) {
            problems.add("--kafka-port and --web-port are the same: " + webPort);
        }
        checkEmpty(problems, "--out", out);
        checkCorpora(problems);
        vocabularies.forEach(vocabulary -> checkVocabulary(problems, vocabulary));
        if (variant.globalVocabulary() && vocabularies.size() > 1) {
            problems.add("--vocabulary is given %d times, but with --variant %s all sources have one"
                    .formatted(vocabularies.size(), variant));
        }
        return problems;
    }

    static void checkRange(List<String> problems, String option, int value, int min, int max) {
        if (value < min || value > max) {
            problems.add(option + " " + value + " is not between " + min + " and " + max);
        }
    }

    /** One that is not given is in every range. */
    static void checkRange(List<String> problems, String option, Optional<Integer> value, int min, int max) {
        value.ifPresent(given -> checkRange(problems, option, given, min, max));
    }

    /** A folder to write to is missing or empty. */
    static void checkEmpty(List<String> problems, String option, Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> content = Files.list(folder)) {
            if (content.findAny().isPresent()) {
                problems.add(option + " " + folder + " is not empty: name a new folder");
            }
        } catch (IOException e) {
            problems.add(option + " " + folder + " is no folder that can be read");
        }
    }

    private void checkVocabulary(List<String> problems, String vocabulary) {
        int equals = vocabulary.indexOf('=');
        boolean form = variant.globalVocabulary() ? equals < 0 : equals > 0 && equals < vocabulary.length() - 1;
        if (!form) {
            problems.add("--vocabulary %s is not of the form %s, as --variant %s wants it"
                    .formatted(vocabulary, variant.globalVocabulary() ? "FILE" : "NAME=FILE", variant));
            return;
        }
        try {
            if (equals > 0 && !sources().contains(vocabulary.substring(0, equals))) {
                problems.add("--vocabulary %s: there is no source of that name, but %s"
                        .formatted(vocabulary, String.join(", ", sources())));
            }
            Tokenizer.load(Files.readAllBytes(Path.of(vocabulary.substring(equals + 1))))
                    .close();
        } catch (IOException e) {
            problems.add("--vocabulary " + vocabulary + ": there is no such file that can be read");
        } catch (IllegalArgumentException e) {
            problems.add("--vocabulary " + vocabulary + ": " + e.getMessage());
        }
    }

    private List<String> sources() throws IOException {
        return corpora.isEmpty()
                ? DemoText.sources()
                : corpora.stream().map(corpus -> corpus.split("=", 2)[0]).toList();
    }

    private void checkCorpora(List<String> problems) {
        Set<String> names = new HashSet<>();
        for (String corpus : corpora) {
            int equals = corpus.indexOf('=');
            String name = corpus.substring(0, Math.max(0, equals));
            if (equals < 1 || equals == corpus.length() - 1) {
                problems.add("--corpus " + corpus + " is not of the form NAME=FILE");
            } else if (!Corpus.isName(name)) {
                problems.add("--corpus " + corpus + ": a name has " + Corpus.NAME_RULE);
            } else if (!names.add(name)) {
                problems.add("--corpus names " + name + " twice");
            } else if (!Files.isRegularFile(Path.of(corpus.substring(equals + 1)))) {
                problems.add("--corpus " + corpus + ": there is no such file");
            }
        }
    }
}
