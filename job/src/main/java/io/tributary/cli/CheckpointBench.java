package io.tributary.cli;

import io.tributary.bench.BenchRun;
import io.tributary.bench.Figure;
import io.tributary.bench.Samples;
import io.tributary.plan.ByteSize;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What checkpoints cost, on a cluster of real processes.
 *
 * <p>One job trains all the time. Segments without checkpoints and segments in which one is taken at the start and at every
 * interval follow each other, A B A B, so that a machine that drifts drifts in both; nothing is restarted between them,
 * and what they differ in is the checkpoints alone. The ratio is that of neighbours, the median is over all pairs.
 */
@Command(
        name = "checkpoint",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "What a checkpoint costs: how long training is held, its time, its bytes, and the slowdown.")
final class CheckpointBench implements Callable<Integer>, Checked {
    private static final int LOCAL_STEPS = 30;

    @Mixin
    private Output output = new Output();

    @Mixin
    private BenchModelOptions model = new BenchModelOptions();

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            description = "Between checkpoints (default: ${DEFAULT-VALUE}).")
    private int intervalSeconds = 30;

    @Option(names = "--seconds", paramLabel = "SECONDS", description = "Of a segment (default: ${DEFAULT-VALUE}).")
    private int segmentSeconds = 60;

    @Option(names = "--pairs", paramLabel = "N", description = "Of segments (default: ${DEFAULT-VALUE}).")
    private int pairs = 4;

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>(model.problems());
        DemoOptions.checkRange(problems, "--interval", intervalSeconds, 1, 3600);
        DemoOptions.checkRange(problems, "--seconds", segmentSeconds, 1, 3600);
        DemoOptions.checkRange(problems, "--pairs", pairs, 1, 100);
        return problems;
    }

    @Override
    public Integer call() throws Exception {
        // Rounds are short enough that some end in a segment.
        BenchJob.Plan plan = new BenchJob.Plan("checkpoint-bench", model.layers, model.width, LOCAL_STEPS);
        PrintWriter print = output.progress();
        BenchRun run = BenchJob.measure(
                plan, print, (cluster, job) -> measure(new CheckpointedJob(cluster, job), job.bodyParameters(), print));
        BenchOutput.print("checkpoint", List.of(run), output);
        return ExitCode.OK;
    }

    private BenchRun measure(CheckpointedJob job, long bodyParameters, PrintWriter print) throws Exception {
        List<CheckpointedJob.Cost> costs = new ArrayList<>();
        List<Double> withoutAny = new ArrayList<>();
        List<Double> withSome = new ArrayList<>();
        print.printf("%6s %16s %16s %8s%n", "pair", "without, steps/s", "with, steps/s", "ratio");
        for (int pair = 0; pair < pairs; pair++) {
            double without = job.stepsPerSecond(segmentSeconds, segmentSeconds + 1, costs);
            double with = job.stepsPerSecond(segmentSeconds, intervalSeconds, costs);
            print.printf("%6d %16.2f %16.2f %8.3f%n", pair + 1, without, with, with / without);
            print.flush();
            withoutAny.add(without);
            withSome.add(with);
        }
        return report(job, bodyParameters, new Samples(withoutAny), new Samples(withSome), costs);
    }

    private BenchRun report(
            CheckpointedJob job, long bodyParameters, Samples without, Samples with, List<CheckpointedJob.Cost> costs) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("layers", model.layers);
        settings.put("width", model.width);
        settings.put("bodyParameters", bodyParameters);
        settings.put("intervalSeconds", intervalSeconds);
        settings.put("segmentSeconds", segmentSeconds);
        settings.put("pairs", pairs);
        settings.put("checkpoints", costs.size());
        settings.put("heapBytesWithout", job.heapWithout());
        settings.put("heapBytesWith", job.heapWith());
        return new BenchRun(
                "%d pairs of segments; %d checkpoints, one every %d s".formatted(pairs, costs.size(), intervalSeconds),
                settings,
                List.of(
                        new Figure("ratio", "training with checkpoints over training without", with.over(without)),
                        new Figure("without.stepsPerSecond", "without checkpoints, steps/s", without),
                        new Figure("with.stepsPerSecond", "with checkpoints, steps/s", with),
                        figure("heldMs", "Train is held, ms", costs, CheckpointedJob.Cost::heldMs),
                        figure("alignedMs", "waits for barriers in Train, ms", costs, CheckpointedJob.Cost::alignedMs),
                        figure("totalMs", "the whole checkpoint, ms", costs, CheckpointedJob.Cost::totalMs),
                        figure("mib", "bytes, MiB", costs, cost -> cost.bytes() >> 20),
                        figure("trainMib", "bytes of Train, MiB", costs, cost -> cost.trainBytes() >> 20)),
                List.of("Heap in use, largest of both TaskManagers: %s without checkpoints, %s with them"
                        .formatted(ByteSize.text(job.heapWithout()), ByteSize.text(job.heapWith()))));
    }

    private static Figure figure(
            String key, String label, List<CheckpointedJob.Cost> costs, ToLongFunction<CheckpointedJob.Cost> number) {
        return new Figure(
                key,
                label,
                new Samples(costs.stream()
                        .map(cost -> (double) number.applyAsLong(cost))
                        .toList()));
    }
}
