package io.tributary.bench;

import io.tributary.model.Architecture;
import io.tributary.model.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The training step beside its peers and the hardware's limits. They take turns, limits, A, B, C, limits, A, B, C, so that
 * a machine that drifts drifts for all, and ratios are those of one turn.
 *
 * @param repeats turns of each
 * @param seconds of a turn of each
 * @param memoryMib of each vector that memory is measured with; more than the caches hold
 * @param alone without peers; those there are have GPT-2's layers
 * @param script docs/bench/gpt_step.py, if PyTorch is to be among the peers; without PyTorch it is left out
 */
public record StepBench(
        StepSetup setup,
        int threads,
        int repeats,
        double seconds,
        int memoryMib,
        boolean alone,
        Optional<Path> script) {
    private static final String THREADS = "ai.djl.pytorch.num_threads";
    private static final double GIGA = 1e9;

    public StepBench {
        if (threads < 1 || repeats < 1 || !(seconds > 0) || memoryMib < 1) {
            throw new IllegalArgumentException("Threads, repeats, seconds and MiB are positive, not %d, %d, %s and %d"
                    .formatted(threads, repeats, seconds, memoryMib));
        }
    }

    /** The engine's number of threads is decided once, when it loads: call this before anything that loads it. */
    public static void useThreads(int threads) {
        System.setProperty(THREADS, String.valueOf(threads));
    }

    /** The number of threads the engine will have, or has. */
    public static int defaultThreads() {
        return Integer.getInteger(THREADS, 1);
    }

    /** Measures. */
    public BenchRun run() throws IOException {
        List<Contestant> contestants = new ArrayList<>();
        try (StepLimits limits = new StepLimits(setup, memoryMib)) {
            List<String> notes = enter(contestants);
            return measure(contestants, limits, notes);
        } finally {
            for (Contestant contestant : contestants) {
                contestant.close();
            }
        }
    }

    /** Fills the list as contestants are made, so that those there are can be closed; gives notes for the reader. */
    private List<String> enter(List<Contestant> contestants) throws IOException {
        List<int[]> batches = setup.batches();
        contestants.add(new LocalContestant(
                "tributary", "Tributary " + setup.precisionName(), batches, new TributaryStep(setup)));
        if (alone || !(setup.shape().architecture() instanceof Architecture.Gpt2)) {
            return List.of();
        }
        contestants.add(new LocalContestant("djl", "DJL's blocks and trainer fp32", batches, new DjlStep(setup)));
        List<String> notes = new ArrayList<>();
        notes.add("DJL computes in 32-bit floats, as it has no bfloat16, and does not clip.");
        if (script.isEmpty() || !ScriptContestant.hasPyTorch()) {
            notes.add("PyTorch is not among them: it takes docs/bench/gpt_step.py and a python3 with torch.");
            return notes;
        }
        for (boolean compiled : new boolean[] {false, true}) {
            try {
                contestants.add(ScriptContestant.start(script.get(), setup, threads, compiled));
            } catch (IOException e) {
                // Compiling needs a C++ compiler, for example; the others are worth their figures all the same.
                notes.add("Left out: " + e.getMessage());
            }
        }
        return notes;
    }

    private BenchRun measure(List<Contestant> contestants, StepLimits limits, List<String> notes) throws IOException {
        Map<Contestant, List<Contestant.Turn>> turns = new LinkedHashMap<>();
        List<StepLimits.Rates> rates = new ArrayList<>();
        limits.measure();
        for (Contestant contestant : contestants) {
            contestant.turn(seconds);
            turns.put(contestant, new ArrayList<>());
        }
        for (int repeat = 0; repeat < repeats; repeat++) {
            rates.add(limits.measure());
            for (Map.Entry<Contestant, List<Contestant.Turn>> entry : turns.entrySet()) {
                entry.getValue().add(entry.getKey().turn(seconds));
            }
        }
        return report(turns, rates, notes);
    }

    private BenchRun report(
            Map<Contestant, List<Contestant.Turn>> turns, List<StepLimits.Rates> rates, List<String> notes) {
        List<Figure> figures = new ArrayList<>();
        Samples gemm = samples(rates, rate -> rate.gemm().getOrDefault(setup.precision(), Double.NaN));
        Map<Contestant, Samples> tokens = new LinkedHashMap<>();
        turns.forEach((contestant, own) -> {
            Samples perStep = samples(own, turn -> turn.seconds() / turn.steps());
            tokens.put(contestant, perStep.map(each -> setup.tokens() / each));
        });
        tokens.forEach((contestant, rate) -> {
            String key = contestant.key();
            String label = contestant.label();
            Samples flops = rate.map(each -> each * setup.flops() / setup.tokens());
            figures.add(new Figure(key + ".tokensPerSecond", label + ", tokens/s", rate));
            figures.add(new Figure(
                    key + ".msPerStep", label + ", ms a step", rate.map(each -> 1e3 * setup.tokens() / each)));
            figures.add(new Figure(key + ".gflops", label + ", GFLOP/s", flops.map(each -> each / GIGA)));
        });
        Contestant own = tokens.keySet().iterator().next();
        Samples ownRate = tokens.getOrDefault(own, gemm);
        figures.add(new Figure(
                "tributary.shareOfGemm",
                "Tributary's share of the rate of products, " + setup.precisionName(),
                ownRate.map(each -> each * setup.flops() / setup.tokens()).over(gemm)));
        tokens.forEach((peer, rate) -> {
            if (peer != own) {
                figures.add(new Figure("ratio." + peer.key(), "Tributary over " + peer.label(), ownRate.over(rate)));
            }
        });
        for (Precision precision : Precision.values()) {
            String name = precision == Precision.BF16 ? "bf16" : "fp32";
            figures.add(new Figure(
                    "limit.gemm." + name,
                    "products of the model's matrices, " + name + ", GFLOP/s",
                    samples(rates, rate -> rate.gemm().getOrDefault(precision, Double.NaN) / GIGA)));
        }
        figures.add(new Figure("limit.copy", "memory, copying, GB/s", samples(rates, rate -> rate.copyBytes() / GIGA)));
        figures.add(new Figure("limit.add", "memory, adding, GB/s", samples(rates, rate -> rate.addBytes() / GIGA)));
        Map<String, Object> settings = setup.settings();
        settings.put("threads", threads);
        settings.put("repeats", repeats);
        settings.put("seconds", seconds);
        return new BenchRun(setup.title() + ", threads: " + threads, settings, figures, notes);
    }

    private static <T> Samples samples(List<T> measured, ToDoubleFunction<T> number) {
        return new Samples(measured.stream().map(number::applyAsDouble).toList());
    }
}
