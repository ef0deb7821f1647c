package io.tributary.cli;

import io.tributary.config.JobSettings;
import io.tributary.session.KeptSettings;
import io.tributary.session.Session;
import io.tributary.session.Submission;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts a job anew. */
@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Start a job on a cluster, and return when it runs.")
final class SubmitCommand implements Callable<Integer>, Checked {
    @Spec
    private CommandSpec spec = CommandSpec.create();

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
            KeptSettings.Text text = KeptSettings.Text.of(config.orElseThrow()).with(sets.sets);
            JobSettings settings = text.parse(cluster.defaults());
            if (verbose) {
                spec.commandLine().getOut().println(settings.effective());
            }
            start(
                    session,
                    cluster,
                    settings,
                    text,
                    new Submission.Start(options.parallelism(), Optional.empty(), false),
                    spec.commandLine().getOut());
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
            PrintWriter out)
            throws Exception {
        String id = cluster.submission(session).submit(settings, text, start);
        out.println("Job " + id + "  " + settings.name());
        out.println("Flink " + cluster.address().web() + "/#/job/running/" + id + "/overview");
        out.println("Snapshots " + settings.pipeline().snapshots());
        out.println("Settings " + cluster.kept().effective(id));
        session.awaitRunning(id);
        out.println("It runs.");
    }
}
