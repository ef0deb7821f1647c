package io.tributary.cli;

import io.tributary.dashboard.Dashboard;
import io.tributary.dashboard.History;
import io.tributary.record.RoundReport;
import io.tributary.record.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.CommonClientConfigs;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Serves the page of a cluster's run until Ctrl-C. */
@Command(
        name = "dashboard",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Show on a web page how a job goes, from its reports in Kafka. It changes nothing; Ctrl-C ends it.")
final class DashboardCommand implements Callable<Integer>, Checked {
    static final int PORT = 8090;

    private static final Duration POLL = Duration.ofMillis(500);

    @Mixin
    private ClusterOptions cluster = new ClusterOptions();

    @Mixin
    private KafkaOption kafka = new KafkaOption();

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "Where to listen; 0.0.0.0 shows the page to everybody who can reach this machine (default:"
                    + " ${DEFAULT-VALUE}).")
    private String host = Dashboard.THIS_MACHINE;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Where to listen; 0 is any free port (default: ${DEFAULT-VALUE}).")
    private int port = PORT;

    @Option(
            names = "--peak-tflops",
            paramLabel = "TFLOPS",
            description =
                    "What the device of one subtask can do, such as 989 for an H100 in bfloat16: the page then shows"
                            + " how much of it training reaches. `bench step` measures it for a CPU.")
    private Optional<Double> peakTflops = Optional.empty();

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(cluster.problems());
        problems.addAll(kafka.problems());
        DemoOptions.checkRange(problems, "--port", port, 0, 65_535);
        if (peakTflops.isPresent() && !(peakTflops.get() > 0 && Double.isFinite(peakTflops.get()))) {
            problems.add("--peak-tflops " + peakTflops.get() + " is not above 0");
        }
        return problems;
    }

    @Override
    public Integer call() throws Exception {
        Map<String, String> client = kafka.client(cluster);
        Files.createDirectories(cluster.folder);
        cluster.logToFolder();
        Interrupt.untilCtrlC(() -> serve(client, Terminal.ofProcess()));
        return ExitCode.OK;
    }

    private OptionalDouble peak() {
        return peakTflops.stream().mapToDouble(tera -> tera * 1e12).findFirst();
    }

    private void serve(Map<String, String> client, Terminal terminal) throws IOException, InterruptedException {
        History history = new History(List.of());
        try (ReportReader<RoundReport> reports = ReportReader.ofRounds(client);
                ReportReader<Sample> samples = ReportReader.ofSamples(client)) {
            reports.checkAnswers();
            try (Dashboard page = Dashboard.start(host, port, history, peak())) {
                terminal.print(
                        "Page " + page.url() + "   Kafka " + client.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG)
                                + "   Ctrl-C ends the page, not the job.");
                while (!Thread.interrupted()) {
                    reports.poll(POLL).forEach(received -> history.add(received.report(), received.at()));
                    samples.poll(Duration.ZERO).forEach(received -> history.add(received.report()));
                }
            }
        }
    }
}
