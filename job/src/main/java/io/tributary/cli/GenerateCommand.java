package io.tributary.cli;

import io.tributary.judge.SourceModels;
import io.tributary.judge.Writer;
import io.tributary.judge.Writer.Written;
import io.tributary.model.LanguageModel;
import io.tributary.model.Sampler;
import io.tributary.model.SamplingRules;
import io.tributary.snapshot.Snapshot;
import io.tributary.vocabulary.SourceTokenizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lets the model of a source write. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Let the model of a source write a prompt on, until the text ends or is long enough.",
            "",
            "The text comes as it is written. Equal options write the same text."
        })
final class GenerateCommand implements Callable<Integer>, Checked {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private SnapshotOption snapshot = new SnapshotOption();

    @Option(names = "--source", required = true, paramLabel = "NAME", description = "Whose model and vocabulary.")
    private String source = "";

    @Option(
            names = "--prompt",
            paramLabel = "TEXT",
            description = "How the text begins; better without a space at its end (default: the model begins).")
    private String prompt = "";

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description =
                    "Below 1 the likely becomes likelier; with 0 the likeliest is taken (default: ${DEFAULT-VALUE}).")
    private double temperature = 0.8;

    @Option(
            names = "--top-k",
            paramLabel = "N",
            description = "Choose from so many of the likeliest, or with 0 from all (default: ${DEFAULT-VALUE}).")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "X",
            description = "Choose from the fewest of the likeliest that have this probability together"
                    + " (default: ${DEFAULT-VALUE}).")
    private double topP = 0.95;

    @Option(names = "--seed", paramLabel = "N", description = "Of what is drawn (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "Write no more than so many tokens (default: ${DEFAULT-VALUE}).")
    private int maxTokens = 200;

    @Mixin
    private Output output = new Output();

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(snapshot.problems(List.of(source)));
        DemoOptions.checkRange(problems, "--top-k", topK, 0, Integer.MAX_VALUE);
        DemoOptions.checkRange(problems, "--max-tokens", maxTokens, 1, Integer.MAX_VALUE);
        if (!(temperature >= 0 && temperature <= 1000)) {
            problems.add("--temperature " + temperature + " is not between 0 and 1000");
        }
        if (!(topP > 0 && topP <= 1)) {
            problems.add("--top-p " + topP + " is not above 0 and at most 1");
        }
        return problems;
    }

    @Override
    public Integer call() throws IOException {
        Snapshot opened = snapshot.open();
        Sampler sampler = new Sampler(new SamplingRules(temperature, topK, topP), seed);
        try (SourceTokenizer tokenizer = SourceModels.tokenizer(opened, source);
                LanguageModel model = SourceModels.model(opened, source);
                Writer writer = new Writer(model, tokenizer, sampler, prompt)) {
            if (writer.unseenTokens() > 0) {
                spec.commandLine()
                        .getErr()
                        .println("The prompt has %,d tokens and the model sees %,d: it does not see the first %,d"
                                .formatted(
                                        writer.promptTokens(),
                                        writer.promptTokens() - writer.unseenTokens(),
                                        writer.unseenTokens()));
            }
            if (output.isJson()) {
                printJson(writer);
            } else {
                printAsItComes(writer);
            }
        }
        return ExitCode.OK;
    }

    private void printAsItComes(Writer writer) {
        PrintWriter out = output.out();
        Writer.Reader print = text -> {
            out.print(text);
            // Flushes, and ends the work when nobody reads any more, as behind a head.
            return !out.checkError();
        };
        if (print.takes(prompt)) {
            writer.write(maxTokens, print);
            out.println();
        }
    }

    private void printJson(Writer writer) throws IOException {
        StringBuilder text = new StringBuilder();
        Written written = writer.write(maxTokens, more -> {
            text.append(more);
            return true;
        });
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("prompt", prompt);
        fields.put("text", text.toString());
        fields.put("tokens", written.tokens());
        fields.put("end", written.end().name().toLowerCase(Locale.ROOT));
        output.print(fields, List::of);
    }
}
