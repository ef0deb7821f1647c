package io.tributary.cli;

import io.tributary.huggingface.Export;
import io.tributary.snapshot.Dtype;
import io.tributary.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
    /** Powers of ten, as these tools count. */
    private static final Map<String, Long> UNITS =
            Map.of("KB", 1_000L, "MB", 1_000_000L, "GB", 1_000_000_000L, "TB", 1_000_000_000_000L);

    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,5})([KMGT]B)");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--snapshot",
            paramLabel = "DIR",
            required = true,
            description = "A folder such as round-000008, in the file system of a path or an address.")
    private String snapshot = "";

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

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            description = "Of the cluster whose settings of file systems are used, where one of the folders is in an"
                    + " object store (default: ${DEFAULT-VALUE}).")
    java.nio.file.Path folder = java.nio.file.Path.of("runs", "cluster");

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!DTYPES.containsKey(dtype)) {
            problems.add("--dtype %s is not known: name float32 or bfloat16".formatted(dtype));
        }
        if (!SIZE.matcher(maxShardSize).matches()) {
            problems.add("--max-shard-size %s is no size such as 500MB or 5GB".formatted(maxShardSize));
        }
        return problems;
    }

    @Override
    public Integer call() throws Exception {
        Snapshot opened = Snapshot.open(new Path(snapshot));
        String name = source.isPresent() ? source.get() : only(opened);
        Export.Result result =
                new Export(DTYPES.getOrDefault(dtype, Dtype.F32), shardBytes()).run(opened, name, new Path(to));
        spec.commandLine()
                .getOut()
                .printf(
                        Locale.ROOT,
                        "%s: the model of %s after %,d rounds, %,d parameters in %s%n",
                        to,
                        name,
                        opened.round(),
                        result.parameters(),
                        String.join(", ", result.files()));
        return ExitCode.OK;
    }

    private static String only(Snapshot snapshot) {
        if (snapshot.sources().size() != 1) {
            throw new IllegalArgumentException(
                    "%s has the sources %s: name one with --source".formatted(snapshot.folder(), snapshot.sources()));
        }
        return snapshot.sources().first();
    }

    private long shardBytes() {
        Matcher size = SIZE.matcher(maxShardSize);
        return size.matches()
                ? Long.parseLong(size.group(1)) * UNITS.getOrDefault(size.group(2), 1L)
                : Export.DEFAULT_SHARD_BYTES;
    }
}
