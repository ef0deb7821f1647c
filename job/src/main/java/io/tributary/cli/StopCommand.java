package io.tributary.cli;

import io.tributary.session.JobSummary;
import io.tributary.session.RoundBorder;
import io.tributary.session.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Ends a job so that it can be resumed. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Stop a job with a savepoint at the end of a round, and print its path.")
final class StopCommand implements Callable<Integer>, Checked {
    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private JobArgument job = new JobArgument();

    @Option(names = "--now", description = "In the middle of a round, without waiting for its end.")
    private boolean now;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description =
                    "Where the savepoint goes, as a path or a URI (default: savepoints in the folder of the cluster; with --flink as its settings say).")
    private Optional<String> to = Optional.empty();

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            description = "How long to wait for the end of the round (default: ${DEFAULT-VALUE}).")
    private int waitSeconds = 600;

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    @Mixin
    private Output output = new Output();

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(cluster.problems());
        problems.addAll(kafka.problems());
        DemoOptions.checkRange(problems, "--wait", waitSeconds, 1, 7 * 24 * 3600);
        return problems;
    }

    @Override
    public Integer call() throws Exception {
        try (Session session = cluster.open()) {
            JobSummary running = job.running(session);
            Optional<String> folder = cluster.savepoints(to);
            String path = now ? session.stop(running, folder) : stopAtBorder(session, running, folder);
            output.print(Map.of("id", running.id(), "path", path), () -> List.of(path));
        }
        return ExitCode.OK;
    }

    private String stopAtBorder(Session session, JobSummary running, Optional<String> folder)
            throws IOException, InterruptedException {
        RoundBorder border = new RoundBorder(session, kafka.orders(running, cluster));
        Interrupt interrupt = Interrupt.onCtrlC(() -> {});
        try {
            return border.stop(running, folder, Duration.ofSeconds(waitSeconds));
        } finally {
            interrupt.done();
        }
    }
}
