package io.tributary.cli;

import io.tributary.dashboard.History;
import io.tributary.record.RoundReport;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows in the terminal how a cluster's run goes, until Ctrl-C. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Show in the terminal how a job goes, from its reports in Kafka. It changes nothing; Ctrl-C ends it."
                        + " Where the output is no terminal, it is a line for each report.")
final class WatchCommand implements Callable<Integer>, Checked {
    /** With the lines around the table, they fit a terminal of 24 lines. */
    private static final int ROWS = 18;

    private static final Duration POLL = Duration.ofMillis(500);

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    @Option(
            names = "--rows",
            paramLabel = "NUMBER",
            description = "Show at most so many sources; with more, those that are furthest behind (default:"
                    + " ${DEFAULT-VALUE}).")
    private int rows = ROWS;

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(cluster.problems());
        problems.addAll(kafka.problems());
        DemoOptions.checkRange(problems, "--rows", rows, 1, 10_000);
        return problems;
    }

    @Override
    public Integer call() throws Exception {
        Map<String, String> client = kafka.client(cluster);
        Files.createDirectories(cluster.folder);
        cluster.logToFolder();
        Interrupt.untilCtrlC(() -> watch(client, Terminal.ofProcess()));
        return ExitCode.OK;
    }

    private void watch(Map<String, String> client, Terminal terminal) throws IOException {
        History history = new History(List.of());
        try (ReportReader<RoundReport> reports = ReportReader.ofRounds(client)) {
            reports.checkAnswers();
            while (!Thread.interrupted() && !terminal.isClosed()) {
                for (ReportReader.Received<RoundReport> received : reports.poll(POLL)) {
                    history.add(received.report(), received.at());
                    if (!terminal.redraws()) {
                        terminal.print(Screen.line(received.report()));
                    }
                }
                if (terminal.redraws()) {
                    terminal.draw(Screen.watched(history.state(), Instant.now(), rows));
                }
            }
        }
    }
}
