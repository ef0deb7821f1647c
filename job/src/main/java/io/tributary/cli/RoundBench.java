package io.tributary.cli;

import io.tributary.bench.BenchRun;
import io.tributary.bench.Figure;
import io.tributary.bench.Loopback;
import io.tributary.bench.Samples;
import io.tributary.plan.ByteSize;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How long a round's end holds training up, on a cluster of real processes: from the moment at which the last subtask has
 * sent its updates until the next body is there. Before and after it, what loopback needs for the bytes of that body.
 */
@Command(
        name = "round",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "The way of a merge through a job: from the last update to the next body, beside loopback.")
final class RoundBench implements Callable<Integer>, Checked {
    /** Rounds last for seconds, so that each is seen with Flink's metrics of every quarter of a second. */
    private static final int LOCAL_STEPS = 10;

    private static final int LOOPBACK_MESSAGE = 1 << 20;
    private static final int LOOPBACK_TIMES = 500;
    private static final int LOOPBACK_REPEATS = 3;

    @Mixin
    private Output output = new Output();

    @Mixin
    private BenchModelOptions model = new BenchModelOptions();

    @Option(names = "--rounds", paramLabel = "N", description = "That are measured (default: ${DEFAULT-VALUE}).")
    private int rounds = 20;

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(model.problems());
        DemoOptions.checkRange(problems, "--rounds", rounds, 1, 10_000);
        return problems;
    }

    @Override
    public Integer call() throws Exception {
        BenchJob.Plan plan = new BenchJob.Plan("round-bench", model.layers, model.width, LOCAL_STEPS);
        BodyWaits waits = new BodyWaits(BenchJob.SUBTASKS);
        // Not while the job runs, which needs both ends of a loopback for itself.
        List<Double> loopback = new ArrayList<>(loopback());
        long bodyBytes = BenchJob.measure(plan, output.progress(), (cluster, job) -> {
            while (waits.rounds().size() < rounds) {
                waits.look(job.gauges());
                Thread.sleep(BenchJob.POLL_MS);
            }
            return Float.BYTES * job.bodyParameters();
        });
        loopback.addAll(loopback());
        BenchOutput.print("round", List.of(report(bodyBytes, waits, new Samples(loopback))), output);
        return ExitCode.OK;
    }

    /** Bytes a second, one way. */
    private static List<Double> loopback() throws IOException {
        List<Double> rates = new ArrayList<>();
        try (Loopback loopback = new Loopback(LOOPBACK_MESSAGE)) {
            loopback.oneWay(LOOPBACK_TIMES);
            for (int i = 0; i < LOOPBACK_REPEATS; i++) {
                rates.add(LOOPBACK_TIMES * (double) LOOPBACK_MESSAGE / loopback.oneWay(LOOPBACK_TIMES));
            }
        }
        return rates;
    }

    private BenchRun report(long bodyBytes, BodyWaits waits, Samples loopback) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("layers", model.layers);
        settings.put("width", model.width);
        settings.put("bodyBytes", bodyBytes);
        settings.put("subtasks", BenchJob.SUBTASKS);
        settings.put("rounds", rounds);
        double floorMs = bodyBytes / loopback.median() * 1e3;
        List<Double> last = waits.rounds().stream().map(Collections::min).toList();
        List<Double> first = waits.rounds().stream().map(Collections::max).toList();
        // Flink's figure has whole milliseconds, and a small body needs none.
        List<Double> shares =
                last.stream().map(wait -> floorMs / Math.max(1, wait)).toList();
        return new BenchRun(
                "%d rounds of a body of %s, %d TaskManagers"
                        .formatted(rounds, ByteSize.text(bodyBytes), BenchJob.SUBTASKS),
                settings,
                List.of(
                        new Figure("lastWaitMs", "the last subtask waits for the body, ms", new Samples(last)),
                        new Figure("firstWaitMs", "the first subtask waits for it, ms", new Samples(first)),
                        new Figure("limit.loopback", "loopback, one way, GB/s", loopback.map(rate -> rate / 1e9)),
                        new Figure(
                                "shareOfLoopback",
                                "the body's bytes over loopback, over the last wait",
                                new Samples(shares))),
                List.of(
                        "A subtask waits from when it has sent its last update until it has the last shard of the next body."));
    }
}
