package io.tributary.cli;

import io.tributary.corpus.DocumentReader;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.judge.Evaluation;
import io.tributary.judge.Evaluator;
import io.tributary.judge.SourceModels;
import io.tributary.model.LanguageModel;
import io.tributary.snapshot.Snapshot;
import io.tributary.vocabulary.SourceTokenizer;
import java.io.IOException;
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

/** Judges a text by the model of a source. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "How well the model of a source foretells a text: loss, perplexity, bits per byte, tokens per byte.",
            "",
            "Computed in 32-bit floats; equal input gives equal figures. Models with different vocabularies are compared by bits per byte alone."
        })
final class EvaluateCommand implements Callable<Integer>, Checked {
    @Mixin
    private SnapshotOption snapshot = new SnapshotOption();

    @Option(names = "--source", required = true, paramLabel = "NAME", description = "Whose model and vocabulary.")
    private String source = "";

    @Option(
            names = "--corpus",
            required = true,
            paramLabel = "FILE",
            description = "Plain UTF-8 text with blank lines between documents, or JSON lines (.jsonl) with a field"
                    + " \"text\". Of any length.")
    private Path corpus = Path.of("");

    @Mixin
    private Output output = new Output();

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(snapshot.problems(List.of(source)));
        checkCorpus(problems, corpus);
        return problems;
    }

    /** One that was not given is not looked for. */
    static void checkCorpus(List<String> problems, Path corpus) {
        if (!corpus.toString().isEmpty() && !Files.isReadable(corpus)) {
            problems.add("--corpus " + corpus + ": there is no such file that can be read");
        }
    }

    @Override
    public Integer call() throws IOException {
        Snapshot opened = snapshot.open();
        Evaluation evaluation;
        try (SourceTokenizer tokenizer = SourceModels.tokenizer(opened, source);
                LanguageModel model = SourceModels.model(opened, source);
                DocumentReader reader = DocumentReader.open(corpus)) {
            Evaluator evaluator = new Evaluator(model, tokenizer);
            long documents = 0;
            for (Optional<String> text = reader.next(); text.isPresent(); text = reader.next()) {
                evaluator.add(text.get());
                documents++;
            }
            if (documents == 0) {
                throw new Failure(ErrorCode.TEXT_UNREADABLE, corpus + " is empty: there is no text in it");
            }
            evaluation = evaluator.result();
        }
        print(opened, evaluation);
        return ExitCode.OK;
    }

    private void print(Snapshot opened, Evaluation evaluation) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("snapshot", opened.folder().getPath());
        fields.put("round", opened.round());
        fields.put("source", source);
        fields.put("documents", evaluation.documents());
        fields.put("bytes", evaluation.bytes());
        fields.put("tokens", evaluation.tokens());
        fields.put("loss", evaluation.loss());
        fields.put("perplexity", evaluation.perplexity());
        fields.put("bitsPerByte", evaluation.bitsPerByte());
        fields.put("tokensPerByte", evaluation.tokensPerByte());
        output.print(fields, () -> lines(opened.round(), evaluation));
    }

    private List<String> lines(long round, Evaluation evaluation) {
        return List.of(
                line(
                        "%s after %,d rounds: %,d documents, %,d bytes, %,d tokens",
                        source, round, evaluation.documents(), evaluation.bytes(), evaluation.tokens()),
                line("loss         %.4f nats per token", evaluation.loss()),
                line("perplexity   %.2f", evaluation.perplexity()),
                line("bits/byte    %.4f", evaluation.bitsPerByte()),
                line("tokens/byte  %.4f", evaluation.tokensPerByte()));
    }

    private static String line(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
