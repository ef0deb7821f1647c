package io.tributary.cli;

import io.tributary.corpus.Corpus;
import io.tributary.corpus.DemoText;
import io.tributary.drill.Drill;
import io.tributary.drill.DrillPlan;
import io.tributary.drill.DrillResult;
import io.tributary.drill.Fault;
import io.tributary.embedded.ClusterClassPath;
import io.tributary.embedded.ClusterFolder;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows on this machine that faults change nothing. */
@Command(
        name = "drill",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Train twice on a session cluster of its own: once left alone, once with faults at random moments.",
            "",
            "Prints how long each recovery took and the goodput, and fails unless both runs left the same"
                    + " snapshots to the byte and the same ledger."
        })
final class DrillCommand implements Callable<Integer>, Checked {
    private static final List<String> SOURCES = List.of("en", "de", "fr", "java");

    @Option(names = "--folder", description = "Of the cluster (default: ${DEFAULT-VALUE}); it must not hold one.")
    private Path folder = Path.of("runs", "drill");

    @Option(names = "--seed", description = "Of moments and kinds of faults (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--faults", paramLabel = "N", description = "How many (default: ${DEFAULT-VALUE}).")
    private int faults = 20;

    @Option(
            names = "--kinds",
            split = ",",
            paramLabel = "KIND",
            description = "Drawn from ${COMPLETION-CANDIDATES} (default: taskmanager).")
    private List<Fault> kinds = List.of(Fault.TASKMANAGER);

    @Option(names = "--rounds", paramLabel = "N", description = "Of the run (default: ${DEFAULT-VALUE}).")
    private int rounds = 12;

    @Option(names = "--steps", paramLabel = "N", description = "Of a source in a round (default: ${DEFAULT-VALUE}).")
    private int steps = 120;

    @Option(names = "--width", paramLabel = "D", description = "Of the model (default: ${DEFAULT-VALUE}).")
    private int width = 128;

    @Option(names = "--taskmanagers", paramLabel = "N", description = "With one slot each (default: ${DEFAULT-VALUE}).")
    private int taskManagers = 2;

    @Option(
            names = "--pause",
            paramLabel = "SECONDS",
            description = "The longest time from a recovery to the next fault (default: ${DEFAULT-VALUE}).")
    private int pauseSeconds = 10;

    @Mixin
    private Output output = new Output();

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (Files.exists(new ClusterFolder(folder).state())) {
            problems.add("--folder " + folder + " holds a cluster already: stop it and remove it with ./tributary"
                    + " cluster stop --delete --folder " + folder + ", or name another");
        }
        try {
            plan();
        } catch (IllegalArgumentException e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        return problems;
    }

    private DrillPlan plan() {
        return new DrillPlan(folder, seed, faults, kinds, rounds, steps, width, taskManagers, pauseSeconds * 1000L);
    }

    @Override
    public Integer call() throws Exception {
        System.setProperty(
                "tributary.log", folder.resolve("drill.log").toAbsolutePath().toString());
        PrintWriter out = output.progress();
        List<Corpus> corpora = DemoText.load(Demo.textCache(), out::println).stream()
                .filter(corpus -> SOURCES.contains(corpus.name()))
                .toList();
        Drill drill = new Drill(plan(), ClusterClassPath.installed(), line -> {
            out.println(line);
            out.flush();
        });
        Interrupt interrupt = Interrupt.onCtrlC(() -> {});
        try {
            DrillResult result = drill.run(corpora);
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("equal", result.problems().isEmpty());
            document.put("problems", result.problems());
            document.put("goodput", result.goodput());
            document.put("recoveriesMs", result.recoveriesMs());
            output.print(document, result::lines);
            if (!result.problems().isEmpty()) {
                throw new Failure(ErrorCode.NOT_EQUAL, "The run with faults is not the same as the run without");
            }
            return ExitCode.OK;
        } finally {
            interrupt.done();
        }
    }
}
