package io.tributary.cli;

import io.tributary.config.JobSettings;
import io.tributary.config.SettingsException;
import io.tributary.embedded.ClusterFolder;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.session.KeptSettings;
import io.tributary.session.KeptSettings.Text;
import io.tributary.session.RestorePoint;
import io.tributary.session.Session;
import io.tributary.session.Submission;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a job from the state that an earlier one left. */
@Command(
        name = "resume",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Go on with a job from a savepoint or a retained checkpoint, on as many subtasks as you like.")
final class ResumeCommand implements Callable<Integer>, Checked {
    private static final String LATEST = "latest";

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private StartOptions options = new StartOptions();

    @Option(
            names = "--from",
            paramLabel = "PATH",
            description = "A savepoint or checkpoint, or latest for the newest one in the folder of the cluster"
                    + " (default: ${DEFAULT-VALUE}).")
    private String from = LATEST;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The settings of the job (default: those that it was submitted with).")
    private Optional<Path> config = Optional.empty();

    @Mixin
    private SetOptions sets = new SetOptions();

    @Option(names = "--allow-non-restored", description = "Go on even if the job has no use for some of the state.")
    private boolean allowNonRestored;

    @Mixin
    private Output output = new Output();

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(cluster.problems());
        problems.addAll(options.problems());
        if (problems.isEmpty() && config.isPresent()) {
            problems.addAll(ConfigOption.problems(config.get(), sets, cluster));
        }
        return problems;
    }

    @Override
    public Integer call() throws Exception {
        try (Session session = cluster.open()) {
            Optional<Text> given = Optional.empty();
            if (config.isPresent()) {
                given = Optional.of(Text.of(config.get()));
            }
            RestorePoint point =
                    from.equals(LATEST) ? latest(given) : sound(RestorePoint.named(from), Optional.empty());
            Text text = (given.isPresent() ? given.get() : kept(point))
                    .with(sets.sets)
                    .with(options.sets());
            JobSettings settings = parsed(text);
            output.progress().println("Resuming " + settings.name() + " from " + point.path());
            Submission.Start start = new Submission.Start(OptionalInt.empty(), Optional.of(point), allowNonRestored);
            SubmitCommand.start(session, cluster, settings, text, start, output);
        }
        return ExitCode.OK;
    }

    /** Not of a job with another name, as far as that is known. */
    private RestorePoint latest(Optional<Text> given) throws IOException, SettingsException {
        List<RestorePoint> points = new ArrayList<>();
        for (RestorePoint point : cluster.restorePoints()) {
            if (given.isEmpty() || mayBeOf(given.get().parse(cluster.defaults()).name(), point)) {
                points.add(point);
            }
        }
        if (points.isEmpty()) {
            throw new Failure(
                    ErrorCode.SAVEPOINT_BROKEN,
                    "There is nothing to resume from: %1$s/savepoints and %1$s/checkpoints hold no complete savepoint or checkpoint of this job; name one with --from PATH"
                            .formatted(cluster.storage()));
        }
        return sound(points.get(0), points.stream().skip(1).findFirst());
    }

    private boolean mayBeOf(String name, RestorePoint point) throws IOException {
        for (Text text : settingsOf(point)) {
            try {
                return text.parse(cluster.defaults()).name().equals(name);
            } catch (SettingsException e) {
                return true;
            }
        }
        return true;
    }

    private static RestorePoint sound(RestorePoint point, Optional<RestorePoint> before) throws IOException {
        Optional<String> problem = point.problem();
        if (problem.isPresent()) {
            throw new Failure(
                    ErrorCode.SAVEPOINT_BROKEN,
                    "The job cannot be resumed: " + problem.get()
                            + before.map(other -> "; the one before is --from " + other.path())
                                    .orElse(""));
        }
        return point;
    }

    private List<Text> settingsOf(RestorePoint point) throws IOException {
        Optional<String> job = point.jobIdPrefix();
        KeptSettings kept = cluster.kept();
        return job.isPresent() ? kept.of(job.get()) : List.of();
    }

    private Text kept(RestorePoint point) throws IOException {
        List<Text> texts = settingsOf(point);
        if (texts.size() != 1) {
            throw new Failure(
                    ErrorCode.SETTINGS_NOT_KEPT,
                    "%s settings are kept in %s of the job that wrote %s: name them with --config FILE"
                            .formatted(
                                    texts.isEmpty() ? "No" : "Several",
                                    new ClusterFolder(cluster.folder).jobs(),
                                    point.path()));
        }
        return texts.get(0);
    }

    private JobSettings parsed(Text text) throws IOException {
        try {
            return text.parse(cluster.defaults());
        } catch (SettingsException e) {
            throw new IOException(
                    "%s%nThey are those that the job was submitted with: name others with --config FILE"
                            .formatted(e.getMessage()),
                    e);
        }
    }
}
