package io.tributary.cli;

import io.tributary.config.Quantities;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.huggingface.Export;
import io.tributary.snapshot.Dtype;
import io.tributary.snapshot.Snapshot;
import java.io.IOException;
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

/** Writes a model of a snapshot for the tools of Hugging Face. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Write the model of one source of a snapshot as a Hugging Face folder.",
            "",
            "The transformers library, vLLM and the converter of llama.cpp open it; docs/export.md tells how."
        })
final class ExportCommand implements Callable<Integer>, Checked {
    private static final Map<String, Dtype> DTYPES = Map.of("float32", Dtype.F32, "bfloat16", Dtype.BF16);

    @Mixin
    private SnapshotOption snapshot = new SnapshotOption();

    @Option(
            names = "--source",
            paramLabel = "NAME",
            description = "Whose model: the body with the embeddings and the vocabulary of this source. It need not be"
                    + " named where there is only one.")
    private Optional<String> source = Optional.empty();

    @Option(
            names = "--to",
            paramLabel = "DIR",
            required = true,
            description = "A folder that is empty or not there yet.")
    private String to = "";

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "float32",
            description = "float32 (default) as in the snapshot, or bfloat16, which takes half the space.")
    private String dtype = "float32";

    @Option(
            names = "--max-shard-size",
            paramLabel = "SIZE",
            defaultValue = "5GB",
            description = "The most that one file of tensors holds, such as 500MB; 5GB by default.")
    private String maxShardSize = "5GB";

    @Mixin
    private Output output = new Output();

    @Override
    public List<String> problems() {
        List<String> problems =
                new ArrayList<>(snapshot.problems(source.stream().toList()));
        if (!DTYPES.containsKey(dtype)) {
            problems.add("--dtype %s is not known: name float32 or bfloat16".formatted(dtype));
        }
        if (Quantities.SIZE.parse(maxShardSize).orElse(0) < 1) {
            problems.add("--max-shard-size %s is not %s".formatted(maxShardSize, Quantities.SIZE.example()));
        }
        return problems;
    }

    @Override
    public Integer call() throws Exception {
        Snapshot opened = snapshot.open();
        String name = source.isPresent() ? source.get() : only(opened);
        Export.Result result = export(opened, name);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("folder", to);
        document.put("source", name);
        document.put("round", opened.round());
        document.put("parameters", result.parameters());
        document.put("files", result.files());
        output.print(
                document,
                () -> List.of(String.format(
                        Locale.ROOT,
                        "%s: the model of %s after %,d rounds, %,d parameters in %s",
                        to,
                        name,
                        opened.round(),
                        result.parameters(),
                        String.join(", ", result.files()))));
        return ExitCode.OK;
    }

    private Export.Result export(Snapshot opened, String name) throws IOException {
        long shardBytes = Quantities.SIZE.parse(maxShardSize).orElseThrow();
        Interrupt interrupt = Interrupt.onCtrlC(() -> {});
        try {
            return new Export(DTYPES.getOrDefault(dtype, Dtype.F32), shardBytes)
                    .run(opened, name, SnapshotOption.path(to));
        } catch (IllegalArgumentException e) {
            throw new Failure(ErrorCode.MODEL_UNUSABLE, String.valueOf(e.getMessage()), e);
        } finally {
            interrupt.done();
        }
    }

    private static String only(Snapshot snapshot) throws Failure {
        if (snapshot.sources().size() != 1) {
            throw new Failure(
                    ErrorCode.SOURCE_UNKNOWN,
                    "%s has the sources %s: name one with --source".formatted(snapshot.folder(), snapshot.sources()));
        }
        return snapshot.sources().first();
    }
}
