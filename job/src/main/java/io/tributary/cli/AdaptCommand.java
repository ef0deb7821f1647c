package io.tributary.cli;

import io.tributary.corpus.Corpus;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.judge.Adaptation;
import io.tributary.judge.AdaptationPlan;
import io.tributary.snapshot.FlinkFolder;
import io.tributary.snapshot.Snapshot;
import io.tributary.vocabulary.Tokenizer;
import io.tributary.vocabulary.VocabularyTrainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Teaches the model of a snapshot a new source. */
@Command(
        name = "adapt",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Teach the model of a snapshot a new source, on this machine: embeddings for a body that stays as it is, or that learns too.",
            "",
            "Several files are a mixture, which makes the new embedding a global one. The outcome is a snapshot with the new source in it;"
                    + " the other sources stay as they are."
        })
final class AdaptCommand implements Callable<Integer>, Checked {
    /** Random embeddings learn at the full rate, learnt ones at half of it (arXiv 2410.05021). */
    private static final double LEARNING_RATE = 1e-3;

    enum Body {
        FROZEN,
        LIVE
    }

    @Mixin
    private SnapshotOption snapshot = new SnapshotOption();

    @Option(names = "--source", required = true, paramLabel = "NAME", description = "What the new source is called.")
    private String source = "";

    @Option(
            names = "--corpus",
            required = true,
            paramLabel = "FILE",
            description = "Its text, as for evaluate; repeat it for a mixture, of which batches come in turns.")
    private List<Path> corpora = List.of();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "DIR",
            description = "A folder of snapshots for the outcome; missing or empty.")
    private String to = "";

    @Option(
            names = "--from",
            paramLabel = "NAME",
            description = "Begin with the vocabulary, embeddings and body of this source"
                    + " (default: with random embeddings and the body that all share).")
    private Optional<String> from = Optional.empty();

    @Option(
            names = "--body",
            paramLabel = "HOW",
            description = "${COMPLETION-CANDIDATES}: frozen stays as it is, live learns and becomes the source's own"
                    + " (default: ${DEFAULT-VALUE}).")
    private Body body = Body.FROZEN;

    @Option(names = "--steps", paramLabel = "N", description = "Of training (default: ${DEFAULT-VALUE}).")
    private int steps = 500;

    @Option(names = "--batch-rows", paramLabel = "N", description = "Rows of a batch (default: ${DEFAULT-VALUE}).")
    private int batchRows = 8;

    @Option(
            names = "--learning-rate",
            paramLabel = "X",
            description = "At its highest (default: " + LEARNING_RATE + ", with --from half of it).")
    private Optional<Double> learningRate = Optional.empty();

    @Option(
            names = "--vocabulary",
            paramLabel = "FILE",
            description = "A SentencePiece model (default: one trained from the first 4 MB of the text).")
    private Optional<Path> vocabulary = Optional.empty();

    @Option(
            names = "--pieces",
            paramLabel = "N",
            description = "Of a trained vocabulary, at most (default: as many as the snapshot's largest has).")
    private Optional<Integer> pieces = Optional.empty();

    @Option(names = "--seed", paramLabel = "N", description = "Of random embeddings (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Mixin
    private Output output = new Output();

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(snapshot.problems(from.stream().toList()));
        if (problems.isEmpty() && snapshot.isGiven()) {
            checkName(problems);
        }
        corpora.forEach(corpus -> EvaluateCommand.checkCorpus(problems, corpus));
        if (!to.isEmpty()) {
            checkFree(problems);
        }
        DemoOptions.checkRange(problems, "--steps", steps, 1, 100_000_000);
        DemoOptions.checkRange(problems, "--batch-rows", batchRows, 1, 4096);
        DemoOptions.checkRange(problems, "--pieces", pieces, VocabularyTrainer.MIN_PIECES, 1_000_000);
        if (learningRate.isPresent() && !(learningRate.get() > 0 && learningRate.get() <= 1)) {
            problems.add("--learning-rate " + learningRate.get() + " is not above 0 and at most 1");
        }
        checkVocabulary(problems);
        return problems;
    }

    /** Before the training, which would be lost if there were no place for it. */
    private void checkFree(List<String> problems) {
        try {
            if (!new FlinkFolder(SnapshotOption.path(to)).isFree()) {
                problems.add("--to " + to + " is not empty: name a new folder");
            }
        } catch (IOException e) {
            problems.add("--to " + to + " cannot be reached: " + e.getMessage());
        }
    }

    private void checkName(List<String> problems) {
        try {
            if (!source.isEmpty() && !Corpus.isName(source)) {
                problems.add("--source " + source + ": a name has " + Corpus.NAME_RULE);
            } else if (snapshot.open().sources().contains(source)) {
                problems.add("--source " + source
                        + ": the snapshot has this source already; name a new one, and with --from " + source
                        + " it begins as this one is");
            }
        } catch (IOException e) {
            return;
        }
    }

    private void checkVocabulary(List<String> problems) {
        if (from.isPresent() && (vocabulary.isPresent() || pieces.isPresent())) {
            problems.add("--from brings its vocabulary with it: leave out --vocabulary and --pieces");
        } else if (vocabulary.isPresent() && pieces.isPresent()) {
            problems.add("--vocabulary and --pieces exclude each other");
        }
        vocabulary.ifPresent(file -> {
            try {
                Tokenizer.load(Files.readAllBytes(file)).close();
            } catch (IOException e) {
                problems.add("--vocabulary " + file + ": there is no such file that can be read");
            } catch (IllegalArgumentException e) {
                problems.add("--vocabulary " + file + ": " + e.getMessage());
            }
        });
    }

    @Override
    public Integer call() throws IOException {
        Snapshot opened = snapshot.open();
        PrintWriter out = output.progress();
        Adaptation adaptation = new Adaptation(opened, plan(opened), progress -> {
            out.println(line(progress));
            out.flush();
        });
        var folder = adaptation.run(SnapshotOption.path(to));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("snapshot", folder.getPath());
        document.put("source", source);
        document.put("round", opened.round());
        output.print(document, () -> List.of("Snapshot with " + source + ": " + folder.getPath()));
        return ExitCode.OK;
    }

    private AdaptationPlan plan(Snapshot opened) throws IOException {
        Optional<byte[]> model = Optional.empty();
        if (vocabulary.isPresent()) {
            model = Optional.of(Files.readAllBytes(vocabulary.get()));
        }
        int largest = opened.manifest().sources().values().stream()
                .mapToInt(each -> Math.toIntExact(each.pieces()))
                .max()
                .orElseThrow(() -> new Failure(ErrorCode.SNAPSHOT_BROKEN, "The snapshot has no source"));
        return new AdaptationPlan(
                source,
                corpora,
                from,
                model,
                Math.max(VocabularyTrainer.MIN_PIECES, pieces.orElse(largest)),
                body == Body.LIVE,
                steps,
                batchRows,
                learningRate.orElse(from.isPresent() ? LEARNING_RATE / 2 : LEARNING_RATE),
                seed);
    }

    private String line(Adaptation.Progress progress) {
        String step = text("step %,d of %,d", progress.step(), steps);
        String loss = Double.isNaN(progress.loss()) ? "" : text("  loss %.3f", progress.loss());
        String heldOut = Double.isNaN(progress.heldOutBitsPerByte())
                ? ""
                : text("  %.3f bits/byte on held-out text", progress.heldOutBitsPerByte());
        return step + loss + heldOut;
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
