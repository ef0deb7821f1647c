package io.tributary.cli;

import io.tributary.bench.BenchRun;
import io.tributary.bench.TokenizeBench;
import io.tributary.corpus.Corpus;
import io.tributary.corpus.DemoText;
import io.tributary.vocabulary.VocabularyTrainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The demo's text through one Tokenize subtask of a job, beside the tokenizer alone. */
@Command(
        name = "tokenize",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Tokenizing: bytes of text per second in one subtask of a job, beside the tokenizer alone.")
final class TokenizeBenchCommand implements Callable<Integer>, Checked {
    @Mixin
    private Output output = new Output();

    @Option(
            names = "--pieces",
            paramLabel = "N",
            description = "Of the vocabulary of each source, at most (default: ${DEFAULT-VALUE}).")
    private int pieces = 8192;

    @Option(
            names = "--passes",
            paramLabel = "N",
            description = "Over the demo's text in a turn (default: ${DEFAULT-VALUE}).")
    private int passes = 2;

    @Option(names = "--repeats", paramLabel = "N", description = "Turns of each (default: ${DEFAULT-VALUE}).")
    private int repeats = 3;

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        DemoOptions.checkRange(problems, "--pieces", pieces, VocabularyTrainer.MIN_PIECES, 1_000_000);
        DemoOptions.checkRange(problems, "--passes", passes, 1, 1000);
        DemoOptions.checkRange(problems, "--repeats", repeats, 1, 1000);
        return problems;
    }

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("tributary-bench");
        System.setProperty("tributary.log", folder.resolve("tributary.log").toString());
        List<Corpus> corpora = DemoText.load(Demo.textCache(), output.progress()::println);
        BenchRun run = new TokenizeBench(corpora, pieces, passes, repeats).run(folder.resolve("flink"));
        BenchOutput.print("tokenize", List.of(run), output);
        DiskSpace.removeFolder(folder);
        return ExitCode.OK;
    }
}
