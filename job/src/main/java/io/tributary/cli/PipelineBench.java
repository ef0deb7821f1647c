package io.tributary.cli;

import io.tributary.bench.BenchRun;
import io.tributary.bench.Figure;
import io.tributary.bench.Samples;
import io.tributary.corpus.Corpus;
import io.tributary.corpus.DemoText;
import io.tributary.corpus.Feeder;
import io.tributary.corpus.Topics;
import io.tributary.embedded.EmbeddedKafka;
import io.tributary.flow.StepLoop;
import io.tributary.flow.StepLoop.Pace;
import io.tributary.flow.StepLoop.Since;
import io.tributary.flow.StepLoop.Workload;
import io.tributary.record.RoundReport;
import io.tributary.record.SourceId;
import io.tributary.record.SourceKeys;
import io.tributary.record.Variant;
import io.tributary.session.Causes;
import io.tributary.snapshot.Snapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What the pipeline costs: tokens per second of the demo's job from end to end while it trains, beside those of the bare
 * step loop on the same batches, on the same threads, in the same run.
 *
 * <p>The clock of the job starts when the first round is reported, since before that vocabularies are trained, and stops
 * when the last one is. Validation, merging and snapshots are inside. Each repeat measures both, as machines drift.
 */
@Command(
        name = "pipeline",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "The job from end to end beside the bare step loop: tokens per second and their ratio.")
final class PipelineBench implements Callable<Integer>, Checked {
    private static final Duration POLL = Duration.ofMillis(500);

    @Mixin
    private Output output = new Output();

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds (default: ${DEFAULT-VALUE}).")
    int rounds = DemoOptions.ROUNDS;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Local steps of each source in a round (default: ${DEFAULT-VALUE}).")
    int steps = DemoOptions.STEPS;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description = "Subtasks of each operator (default: ${DEFAULT-VALUE}).")
    int parallelism = 2;

    @Option(names = "--repeats", paramLabel = "N", description = "Measurements (default: ${DEFAULT-VALUE}).")
    int repeats = 3;

    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        DemoOptions.checkRange(problems, "--rounds", rounds, 2, 1000);
        DemoOptions.checkRange(problems, "--steps", steps, 1, 100_000);
        DemoOptions.checkRange(problems, "--parallelism", parallelism, 1, 128);
        DemoOptions.checkRange(problems, "--repeats", repeats, 1, 100);
        return problems;
    }

    @Override
    public Integer call() throws Exception {
        Path out = Files.createTempDirectory("tributary-bench");
        System.setProperty("tributary.log", out.resolve("tributary.log").toString());
        PrintWriter progress = output.progress();
        List<Corpus> corpora = DemoText.load(Demo.textCache(), progress::println);
        progress.printf(
                "%d sources, %d rounds of %d steps, parallelism %d; logs in %s%n",
                corpora.size(), rounds, steps, parallelism, out);
        progress.printf("%10s %18s %18s %8s%n", "run", "job, tokens/s", "loop, tokens/s", "ratio");
        progress.flush();
        List<Pace> jobs = new ArrayList<>();
        List<Pace> loops = new ArrayList<>();
        for (int repeat = 1; repeat <= repeats; repeat++) {
            Measured job = job(corpora, out.resolve("run-" + repeat));
            Pace loop = loop(job);
            progress.printf(
                    "%10d %,18.0f %,18.0f %8.3f%n",
                    repeat,
                    job.pace().tokensPerSecond(),
                    loop.tokensPerSecond(),
                    job.pace().tokensPerSecond() / loop.tokensPerSecond());
            progress.flush();
            jobs.add(job.pace());
            loops.add(loop);
        }
        BenchOutput.print("pipeline", List.of(report(corpora.size(), jobs, loops)), output);
        DiskSpace.removeFolder(out);
        return 0;
    }

    private BenchRun report(int sources, List<Pace> jobs, List<Pace> loops) {
        Samples byTheClock = samples(jobs, Pace::tokensPerSecond);
        Samples loopByTheClock = samples(loops, Pace::tokensPerSecond);
        Samples byCpu = samples(jobs, Pace::tokensPerCpuSecond).over(samples(loops, Pace::tokensPerCpuSecond));
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("sources", sources);
        settings.put("rounds", rounds);
        settings.put("steps", steps);
        settings.put("parallelism", parallelism);
        settings.put("repeats", repeats);
        return new BenchRun(
                "Of %d runs".formatted(repeats),
                settings,
                List.of(
                        new Figure("job.tokensPerSecond", "the job, tokens/s", byTheClock),
                        new Figure("loop.tokensPerSecond", "the bare loop, tokens/s", loopByTheClock),
                        new Figure("ratio", "the job over the loop", byTheClock.over(loopByTheClock)),
                        new Figure("ratioByCpu", "the same by CPU time", byCpu)),
                List.of("CPU time is that of the whole process: training, Kafka and Flink; it does not see waiting."));
    }

    private static Samples samples(List<Pace> paces, ToDoubleFunction<Pace> figure) {
        return new Samples(paces.stream().map(figure::applyAsDouble).toList());
    }

    /** What a run of the job reached, and the workloads that it trained. */
    private record Measured(Pace pace, DemoPlan plan, List<Workload> workloads) {}

    private Measured job(List<Corpus> corpora, Path out) throws Exception {
        Files.createDirectories(out);
        List<String> names = corpora.stream().map(Corpus::name).toList();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(out.resolve("kafka"), 0)) {
            Topics.create(kafka.bootstrapServers(), names);
            DemoPlan plan = new DemoPlan(
                    kafka.bootstrapServers(),
                    names,
                    rounds,
                    steps,
                    parallelism,
                    1,
                    out,
                    0,
                    Variant.SPEC,
                    Map.of(),
                    Map.of(),
                    Optional.empty());
            try (Feeder feeder = new Feeder(kafka.bootstrapServers(), corpora, Demo.bytesPerSource(rounds, steps))) {
                feeder.await();
                try (RunningJob job = DemoJob.start(plan);
                        ReportReader<RoundReport> reports = ReportReader.ofRounds(kafka.bootstrapServers())) {
                    Pace pace = watch(job, reports, names.size());
                    Snapshot snapshot = awaitSnapshot(job, plan);
                    job.cancel();
                    return new Measured(pace, plan, workloads(corpora, names, snapshot));
                }
            }
        }
    }

    private Pace watch(RunningJob job, ReportReader<RoundReport> reports, int sources) throws IOException {
        Progress progress = new Progress(sources);
        Optional<Since> start = Optional.empty();
        while (progress.completedRounds() < rounds) {
            for (ReportReader.Received<RoundReport> received : reports.poll(POLL)) {
                RoundReport report = received.report();
                progress.add(report);
            }
            if (start.isEmpty() && progress.completedRounds() > 0) {
                start = Optional.of(Since.now());
            }
            failIfFailed(job);
        }
        return start.orElseThrow().pace((rounds - 1.0) * steps * sources * DemoTraining.tokensPerStep());
    }

    private Snapshot awaitSnapshot(RunningJob job, DemoPlan plan) throws IOException, InterruptedException {
        while (true) {
            Optional<Snapshot> snapshot = Demo.latestSnapshot(plan).filter(latest -> latest.round() == rounds);
            if (snapshot.isPresent()) {
                return snapshot.get();
            }
            failIfFailed(job);
            Thread.sleep(POLL.toMillis());
        }
    }

    private static void failIfFailed(RunningJob job) throws IOException {
        Optional<Throwable> failure = job.failure();
        if (failure.isPresent()) {
            throw Causes.ofJob("The training job failed: " + Causes.root(failure.get()));
        }
    }

    private static List<Workload> workloads(List<Corpus> corpora, List<String> names, Snapshot snapshot)
            throws IOException {
        Map<String, SourceId> ids = SourceKeys.of(names);
        List<Workload> workloads = new ArrayList<>();
        for (Corpus corpus : corpora) {
            SourceId id = ids.get(corpus.name());
            if (id != null) {
                workloads.add(new Workload(id, snapshot.tokenizer(corpus.name()), corpus.documents()));
            }
        }
        return workloads;
    }

    private Pace loop(Measured job) throws Exception {
        return new StepLoop(DemoTraining.settings(job.plan()))
                .train(job.workloads(), parallelism, (rounds - 1) * steps);
    }
}
