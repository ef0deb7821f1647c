package io.tributary.cli;

import io.tributary.corpus.Corpus;
import io.tributary.corpus.Cut;
import io.tributary.corpus.FeedState;
import io.tributary.corpus.SourceTopics;
import io.tributary.corpus.TextFeed;
import io.tributary.corpus.TextFeed.Shape;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.kafka.ValueFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends text to the topic of a source. */
@Command(
        name = "feed",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Send text to the topic of a source.",
            "",
            "Files may be packed with gzip or Zstandard. A document that is no text, or too long, is reported with its"
                    + " place and left out, which is an error at the end."
        })
final class FeedCommand implements Callable<Integer>, Checked {
    private static final String PIPE = "-";
    private static final String TEXT_FIELD = "text";
    /** Of a batch with one record. */
    private static final int FRAMING_BYTES = 128;

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ClusterCommand.FolderOption place = new ClusterCommand.FolderOption();

    @Mixin
    private KafkaOption kafkaOption = new KafkaOption();

    @Mixin
    private Output output = new Output();

    @Option(
            names = "--source",
            required = true,
            paramLabel = "NAME",
            description = "Of the source, as it ends its topic.")
    private String source = "";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description =
                    "One of ${COMPLETION-CANDIDATES}: what a document is; text has blank lines between documents,"
                            + " whole is one document a file (default: jsonl if the file is called .jsonl or .ndjson, else text).")
    private Optional<Format> format = Optional.empty();

    @Option(
            names = "--field",
            paramLabel = "NAME",
            description =
                    "With jsonl, the field of each object that holds its text (default: the one that the job reads,"
                            + " or " + TEXT_FIELD + ").")
    private Optional<String> field = Optional.empty();

    @Option(
            names = "--resume",
            description = "Go on where each file was left, by the offset that Kafka had acknowledged.")
    private boolean resume;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files of text, or - for standard input.")
    private List<String> files = List.of();

    /** What a document is in a file. */
    enum Format {
        TEXT(Cut.PARAGRAPHS),
        LINES(Cut.LINES),
        WHOLE(Cut.WHOLE),
        JSONL(Cut.LINES);

        private final Cut cut;

        Format(Cut cut) {
            this.cut = cut;
        }

        static Format of(String file) {
            String unpacked = file.toLowerCase(Locale.ROOT).replaceFirst("\\.(gz|zst)$", "");
            return unpacked.endsWith(".jsonl") || unpacked.endsWith(".ndjson") ? JSONL : TEXT;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(kafkaOption.problems());
        if (!source.isEmpty() && !Corpus.isName(source)) {
            problems.add("--source: '" + source + "' cannot name a source: " + Corpus.NAME_RULE);
        }
        for (String file : files) {
            if (!file.equals(PIPE) && !(Files.isRegularFile(Path.of(file)) && Files.isReadable(Path.of(file)))) {
                problems.add(file + " is no readable file");
            }
        }
        if (files.contains(PIPE) && resume) {
            problems.add("--resume: what comes through a pipe has no place to go on from; name a file");
        }
        if (field.filter(String::isEmpty).isPresent()) {
            problems.add("--field is empty: it names the field with the text");
        }
        return problems;
    }

    @Override
    public Integer call() throws Exception {
        KafkaOption.Broker kafka = kafkaOption.open(place.folder);
        String cluster;
        int maxBytes;
        try (SourceTopics topics = new SourceTopics(kafka.properties(), kafka.topicPrefix())) {
            topics.check(source);
            cluster = topics.cluster();
            maxBytes = Math.min(kafka.maxDocumentBytes(), topics.maxRecordBytes(source) - FRAMING_BYTES);
        }
        Path states = UserState.file("feed");
        FeedScreen screen = new FeedScreen(spec.commandLine().getErr(), source);
        long documents = 0;
        long bytes = 0;
        long refused = 0;
        for (String file : files) {
            Shape shape = shape(file, kafka, maxBytes);
            try (TextFeed feed = new TextFeed(kafka.properties(), shape, screen::report, screen::progress)) {
                send(file, feed, FeedState.of(states, cluster, shape.topic(), Path.of(file)));
                documents += feed.count().documents();
                bytes += feed.count().bytes();
                refused += feed.count().refused();
            }
        }
        tell(screen, new Sent(kafka.topicPrefix() + source, documents, bytes, refused));
        return ExitCode.OK;
    }

    /** What a program reads. */
    private record Sent(String topic, long documents, long bytes, long refused) {}

    private void tell(FeedScreen screen, Sent sent) throws IOException {
        output.print(sent, () -> List.of(screen.result(sent.topic(), sent.documents(), sent.bytes(), sent.refused())));
        if (sent.refused() > 0) {
            throw new Failure(
                    ErrorCode.TEXT_REFUSED,
                    String.format(Locale.ROOT, "%,d documents were refused, see above", sent.refused()));
        }
    }

    private Shape shape(String file, KafkaOption.Broker kafka, int maxBytes) throws IOException {
        Format chosen = format.orElse(Format.of(file));
        // What the job reads as JSON has to be JSON, with its text where the job looks for it.
        Optional<String> read = kafka.formats().getOrDefault(source, ValueFormat.TEXT) instanceof ValueFormat.Json json
                ? Optional.of(json.field())
                : Optional.empty();
        String textField = field.or(() -> read).orElse(TEXT_FIELD);
        ValueFormat text = chosen == Format.JSONL ? new ValueFormat.Json(textField) : ValueFormat.TEXT;
        if (read.isPresent() && !read.get().equals(textField)) {
            throw new Failure(
                    ErrorCode.COMMAND_LINE,
                    "The job reads the text of %s in the field '%s', as its settings say, and not in '%s': leave out --field"
                            .formatted(source, read.get(), textField));
        }
        if (read.isPresent() && chosen != Format.JSONL) {
            throw new Failure(
                    ErrorCode.COMMAND_LINE,
                    "The job reads the source %s as JSON, as its settings say, but %s is no JSON lines: give it --format jsonl if it is"
                            .formatted(source, file));
        }
        return new Shape(kafka.topicPrefix() + source, chosen.cut, text, read.isPresent(), maxBytes);
    }

    private void send(String file, TextFeed feed, FeedState state) throws IOException {
        boolean pipe = file.equals(PIPE);
        Thread stop = new Thread(() -> stop(file, feed), "stop-feeding");
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            if (pipe) {
                feed.send(System.in);
            } else {
                feed.send(Path.of(file), from(file, state), state);
            }
        } finally {
            forget(stop);
        }
    }

    private long from(String file, FeedState state) throws IOException {
        if (!resume) {
            return 0;
        }
        long from = state.offset().orElse(0L);
        spec.commandLine().getErr().printf(Locale.ROOT, "%s from byte %,d on%n", file, from);
        return from;
    }

    /** On Ctrl-C: what Kafka has is told, and the way to go on. */
    private void stop(String file, TextFeed feed) {
        PrintWriter err = spec.commandLine().getErr();
        try {
            long offset = feed.stop(PATIENCE);
            err.printf(Locale.ROOT, "%nStopped: Kafka has %s up to byte %,d%n", file, offset);
            if (!file.equals(PIPE)) {
                err.println("To go on: the same command with --resume");
            }
        } catch (IOException e) {
            err.println("tributary: it could not be written down how far " + file + " was sent: " + e);
        }
        err.flush();
    }

    /** While the JVM ends, hooks cannot be taken back, and need not be. */
    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // Ctrl-C: the hook reports, and the JVM ends when it has.
            awaitEnd(hook);
        }
    }

    private static void awaitEnd(Thread hook) {
        try {
            hook.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
