package io.tributary.cli;

import io.tributary.cli.Screen.Heading;
import io.tributary.corpus.Corpus;
import io.tributary.corpus.CorpusFile;
import io.tributary.corpus.DemoText;
import io.tributary.corpus.Feeder;
import io.tributary.corpus.Topics;
import io.tributary.dashboard.Dashboard;
import io.tributary.dashboard.History;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.record.RoundReport;
import io.tributary.record.Sample;
import io.tributary.session.Causes;
import io.tributary.snapshot.Snapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** One run of {@code tributary demo}, from its text to its table. */
final class Demo {
    private static final Duration POLL = Duration.ofMillis(250);
    /** Rarely are there more bytes to a token, with a vocabulary as small as the demo's. */
    private static final int MAX_BYTES_PER_TOKEN = 6;
    /** Some text is held out, and some waits for a batch. */
    private static final long BYTES_BESIDE_TRAINING = 256 << 10;

    private static final int PROMPT_CHARACTERS = 20;
    /** Logs, checkpoints and snapshots of a small model. */
    private static final long DISK_BESIDE_TEXT = 1L << 30;

    private final DemoOptions options;
    private final Terminal terminal;
    private final Path out;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private volatile boolean stopping;

    Demo(DemoOptions options, Terminal terminal) {
        this.options = options;
        this.terminal = terminal;
        this.out = options.out.toAbsolutePath().normalize();
    }

    /** Makes {@link #run} end soon; may be called by any thread, which has to interrupt the running one too. */
    void stop() {
        stopping = true;
    }

    /** Whether {@link #stop} was called. */
    boolean stopped() {
        return stopping;
    }

    /**
     * Runs until the rounds are trained, the time is up, or someone stops it. Whatever it started is gone when it
     * returns or throws.
     *
     * @throws IOException if something needed is not there or something that was started fails; the message says what
     */
    void run() throws Exception {
        try {
            List<Corpus> corpora = corpora();
            long bytesPerSource = bytesPerSource(options.rounds, options.steps);
            Files.createDirectories(out);
            DiskSpace.check(out, DISK_BESIDE_TEXT + corpora.size() * bytesPerSource * 5 / 4);

            terminal.print("Text of " + corpora.size() + " sources: " + sizes(corpora));
            terminal.print("Starting Kafka and Flink; logs and snapshots will be in " + out);
            EmbeddedKafka kafka = opened(EmbeddedKafka.start(out.resolve("kafka"), options.kafkaPort));
            List<String> sources = corpora.stream().map(Corpus::name).toList();
            Topics.create(kafka.bootstrapServers(), sources);
            Feeder feeder = opened(new Feeder(kafka.bootstrapServers(), corpora, bytesPerSource));
            DemoPlan plan = plan(kafka, sources, prompts(corpora));
            RunningJob job = opened(DemoJob.start(plan));
            Map<String, String> client = ReportReader.client(kafka.bootstrapServers());
            ReportReader<RoundReport> reports = opened(ReportReader.ofRounds(client));
            ReportReader<Sample> samples = opened(ReportReader.ofSamples(client));
            Progress progress = new Progress(sources.size());
            History history = new History(sources);
            Dashboard page =
                    opened(Dashboard.start(Dashboard.THIS_MACHINE, options.pagePort, history, OptionalDouble.empty()));
            Heading heading = new Heading(options.rounds, page.url(), job.webUrl(), kafka.bootstrapServers());
            try {
                watch(heading, kafka, feeder, job, reports, samples, progress, history, plan);
            } catch (IOException | RuntimeException e) {
                concludeAfter(e, progress, plan);
                throw e;
            }
            Thread.interrupted();
            conclude(progress, plan);
            finish(job, progress);
        } finally {
            // Closing waits for others, and a pending interrupt would end each wait at once.
            Thread.interrupted();
            closeAll();
        }
    }

    private List<Corpus> corpora() throws IOException, InterruptedException {
        if (options.own().isEmpty()) {
            return DemoText.load(textCache(), terminal::print);
        }
        List<Corpus> corpora = new ArrayList<>();
        for (DemoOptions.Own own : options.own()) {
            Corpus corpus = CorpusFile.read(own.name(), own.file());
            if (corpus.documents().stream().allMatch(DemoTraining::isHeldOut)) {
                throw new Failure(
                        ErrorCode.TEXT_UNREADABLE,
                        own.file() + " has " + corpus.documents().size()
                                + " documents, and all of them happen to be held out for validation: give more text,"
                                + " with blank lines between documents");
            }
            corpora.add(corpus);
        }
        return corpora;
    }

    /** Where the demo's text is kept from run to run. */
    static Path textCache() {
        return Path.of(System.getProperty("user.home"), ".cache", "tributary", "text");
    }

    /** What models write on: how a document begins that they have never seen. */
    private static Map<String, List<String>> prompts(List<Corpus> corpora) {
        return corpora.stream().collect(Collectors.toMap(Corpus::name, corpus -> corpus.documents().stream()
                .filter(DemoTraining::isHeldOut)
                .limit(1)
                .map(Demo::beginning)
                .toList()));
    }

    /** A few words, or as many characters where there are no spaces between words; no space at the end, see docs/judging.md. */
    private static String beginning(String text) {
        int most = text.offsetByCodePoints(0, Math.min(PROMPT_CHARACTERS, text.codePointCount(0, text.length())));
        int space = text.substring(0, most).lastIndexOf(' ');
        return text.substring(0, space > 0 ? space : most).strip();
    }

    private static String sizes(List<Corpus> corpora) {
        return corpora.stream()
                .map(corpus -> corpus.name() + " " + (corpus.bytes() + 999) / 1000 + " kB")
                .collect(Collectors.joining(", "));
    }

    /** What a source has to be sent so that it never runs dry. */
    static long bytesPerSource(int rounds, int steps) {
        long tokens = (long) rounds * steps * DemoTraining.tokensPerStep();
        return Math.max(tokens * MAX_BYTES_PER_TOKEN, DemoTraining.BOOTSTRAP_BYTES) + BYTES_BESIDE_TRAINING;
    }

    private DemoPlan plan(EmbeddedKafka kafka, List<String> sources, Map<String, List<String>> prompts)
            throws IOException {
        return new DemoPlan(
                kafka.bootstrapServers(),
                sources,
                options.rounds,
                options.steps,
                options.parallelism,
                options.seed,
                out,
                options.webPort,
                options.variant,
                prompts,
                options.vocabularies(),
                options.vocabulary());
    }

    private void watch(
            Heading heading,
            EmbeddedKafka kafka,
            Feeder feeder,
            RunningJob job,
            ReportReader<RoundReport> reports,
            ReportReader<Sample> samples,
            Progress progress,
            History history,
            DemoPlan plan)
            throws IOException {
        if (!terminal.redraws()) {
            Screen.addresses(heading).forEach(terminal::print);
        }
        long startNanos = System.nanoTime();
        Duration elapsed = Duration.ZERO;
        while (!stopping && !complete(progress, plan) && elapsed.toMinutes() < options.minutes) {
            for (ReportReader.Received<RoundReport> received : reports.poll(POLL)) {
                RoundReport report = received.report();
                history.add(report, received.at());
                if (progress.add(report) && !terminal.redraws()) {
                    terminal.print(Screen.line(report));
                }
            }
            samples.poll(Duration.ZERO).forEach(received -> history.add(received.report()));
            elapsed = Duration.ofNanos(System.nanoTime() - startNanos);
            if (terminal.redraws()) {
                terminal.draw(Screen.live(heading, progress, elapsed));
            }
            feeder.check();
            kafka.checkAlive();
            Optional<Throwable> failure = job.failure();
            if (failure.isPresent()) {
                throw Causes.ofJob("The training job failed: " + Causes.root(failure.get()));
            }
        }
    }

    /** All rounds are trained, and what came of them is on disk. */
    private boolean complete(Progress progress, DemoPlan plan) throws IOException {
        return progress.completedRounds() == options.rounds
                && latestSnapshot(plan)
                        .filter(snapshot -> snapshot.round() == options.rounds)
                        .isPresent();
    }

    static Optional<Snapshot> latestSnapshot(DemoPlan plan) throws IOException {
        Optional<org.apache.flink.core.fs.Path> folder = Snapshot.latest(
                new org.apache.flink.core.fs.Path(plan.snapshots().toUri()));
        return folder.isPresent() ? Optional.of(Snapshot.open(folder.get())) : Optional.empty();
    }

    /** Says what there is all the same; a failure of that must not hide the one that ends the run. */
    private void concludeAfter(Exception failure, Progress progress, DemoPlan plan) {
        Thread.interrupted();
        try {
            conclude(progress, plan);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    private void conclude(Progress progress, DemoPlan plan) throws IOException {
        if (!progress.sources().isEmpty()) {
            terminal.print("");
            Screen.result(progress).forEach(terminal::print);
            terminal.print("");
            Optional<Snapshot> latest = latestSnapshot(plan);
            terminal.print(
                    latest.isPresent()
                            ? "Snapshot of %d rounds: %s"
                                    .formatted(
                                            latest.get().round(),
                                            Path.of(latest.get().folder().toUri()))
                            : "No snapshot yet: the first is written after round " + DemoTraining.SNAPSHOT_EVERY);
        }
    }

    private void finish(RunningJob job, Progress progress) throws IOException, InterruptedException {
        if (progress.sources().isEmpty() && !stopping) {
            throw new IOException("No round was finished within " + options.minutes + " minutes; see " + out
                    + "/tributary.log, or give it more time with --minutes");
        }
        if (options.keep && !stopping) {
            terminal.print("Kafka and Flink go on: " + job.webUrl() + "   Ctrl-C ends them.");
            while (!stopping) {
                Thread.sleep(POLL.toMillis());
            }
        }
        job.cancel();
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }

    /** Closes everything, the last opened first, even if some of it fails. */
    private void closeAll() throws Exception {
        Exception first = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        DiskSpace.removeFolder(out.resolve("kafka").resolve("data"));
        DiskSpace.removeFolder(out.resolve("flink"));
        if (first != null) {
            throw first;
        }
    }
}
