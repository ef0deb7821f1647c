package io.tributary.cli;

import io.tributary.config.JobSettings;
import io.tributary.session.KeptSettings;
import io.tributary.session.Session;
import io.tributary.session.Submission;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a job anew. */
@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Start a job on a cluster, and return when it runs.")
final class SubmitCommand implements Callable<Integer>, Checked {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private StartOptions options = new StartOptions();

    @Mixin
    private SetOptions sets = new SetOptions();

    @Option(names = "--verbose", description = "Print all settings of the job, with those that were left out.")
    private boolean verbose;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The settings of the job in YAML, as in docs/examples/pipeline.yaml.")
    private Optional<Path> config = Optional.empty();

    @Mixin
    private Output output = new Output();

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(cluster.problems());
        problems.addAll(options.problems());
        if (config.isEmpty()) {
            problems.add("--config is missing: name the settings of the job, as in docs/examples/pipeline.yaml");
        } else if (problems.isEmpty()) {
            problems.addAll(ConfigOption.problems(config.get(), sets, cluster));
        }
        return problems;
    }

    @Override
    public Integer call() throws Exception {
        try (Session session = cluster.open()) {
            KeptSettings.Text text =
                    KeptSettings.Text.of(config.orElseThrow()).with(sets.sets).with(options.sets());
            JobSettings settings = text.parse(cluster.defaults());
            if (verbose) {
                output.progress().println(settings.effective());
            }
            start(
                    session,
                    cluster,
                    settings,
                    text,
                    new Submission.Start(OptionalInt.empty(), Optional.empty(), false),
                    output);
        }
        return ExitCode.OK;
    }

    /** Hands over a job, says where it is, and waits until it runs. */
    static void start(
            Session session,
            ClusterOptions cluster,
            JobSettings settings,
            KeptSettings.Text text,
            Submission.Start start,
            Output output)
            throws Exception {
        String id = cluster.submission(session).submit(settings, text, start);
        String page = cluster.address().web() + "/#/job/running/" + id + "/overview";
        String snapshots = settings.pipeline().snapshots().toString();
        String kept = cluster.kept().effective(id).toString();
        PrintWriter progress = output.progress();
        progress.println("Job " + id + "  " + settings.name());
        progress.println("Flink " + page);
        progress.println("Snapshots " + snapshots);
        progress.println("Settings " + kept);
        progress.flush();
        session.awaitRunning(id);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", id);
        document.put("name", settings.name());
        start.from().ifPresent(point -> document.put("from", point.path()));
        document.put("page", page);
        document.put("snapshots", snapshots);
        document.put("settings", kept);
        output.print(document, () -> List.of("It runs."));
    }
}
