package io.tributary.flow;

import io.tributary.model.SharedParameters;
import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.record.SourceId;
import io.tributary.record.SourceKeys;
import io.tributary.record.TokenBlocks;
import io.tributary.record.Variant;
import io.tributary.vocabulary.SourceTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/**
 * The bare step loop: the same batches and validation, on as many threads, with the sources placed as the job places them,
 * but without Kafka, Flink, rounds and snapshots. What the job is measured against.
 */
public final class StepLoop {
    private static final int WARM_UP_STEPS = 10;

    private final TrainingSettings settings;

    public StepLoop(TrainingSettings settings) {
        this.settings = settings;
    }

    /**
     * How fast something trains.
     *
     * @param nanos by the clock
     * @param cpuNanos of the whole process, which what runs beside it on the machine hardly changes
     */
    public record Pace(double tokens, long nanos, long cpuNanos) {
        public double tokensPerSecond() {
            return tokens * 1e9 / nanos;
        }

        public double tokensPerCpuSecond() {
            return tokens * 1e9 / cpuNanos;
        }
    }

    /** A moment, for the time since it. */
    public record Since(long nanos, long cpuNanos) {
        public static Since now() {
            return new Since(System.nanoTime(), ownCpuNanos());
        }

        public Pace pace(double tokens) {
            return new Pace(tokens, System.nanoTime() - nanos, ownCpuNanos() - cpuNanos);
        }

        /** To a hundredth of a second, as Linux tells it. */
        private static long ownCpuNanos() {
            return ProcessHandle.current()
                    .info()
                    .totalCpuDuration()
                    .orElseThrow()
                    .toNanos();
        }
    }

    /** A source's text and the vocabulary that it is written in. */
    public record Workload(SourceId source, byte[] vocabulary, List<String> documents) {}

    /**
     * Trains each source for a number of steps, after a few that are not measured.
     *
     * @return all trained tokens in the time of the slowest thread
     */
    public Pace train(List<Workload> workloads, int parallelism, int steps)
            throws ExecutionException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(parallelism);
        CyclicBarrier start = new CyclicBarrier(parallelism);
        try {
            List<Future<Pace>> paces = new ArrayList<>();
            for (int index = 0; index < parallelism; index++) {
                int subtask = index;
                List<Workload> own = workloads.stream()
                        .filter(workload -> KeyGroupRangeAssignment.assignKeyToParallelOperator(
                                        workload.source(), SourceKeys.MAX_PARALLELISM, parallelism)
                                == subtask)
                        .toList();
                Callable<Pace> loop = () -> {
                    try {
                        return train(own, steps, start);
                    } finally {
                        // The others must not wait for one that has failed; after the start nobody waits.
                        start.reset();
                    }
                };
                paces.add(threads.submit(loop));
            }
            Pace slowest = paces.get(0).get();
            for (Future<Pace> each : paces) {
                slowest = each.get().nanos() > slowest.nanos() ? each.get() : slowest;
            }
            return new Pace(trainedTokens(workloads, steps), slowest.nanos(), slowest.cpuNanos());
        } finally {
            threads.shutdownNow();
        }
    }

    private double trainedTokens(List<Workload> workloads, int steps) {
        return steps
                * (double) workloads.stream()
                        .mapToLong(workload ->
                                settings.batchTokens(workload.source().name()))
                        .sum();
    }

    private Pace train(List<Workload> workloads, int steps, CyclicBarrier start) throws Exception {
        int roundSteps = settings.rounds().localSteps();
        try (StepEngine engine = StepEngine.open(
                        settings.shape(), settings.precision(), settings.adamW(), Variant.SINGLE.shared());
                SharedParameters nothing = engine.newShared(0, Map.of())) {
            List<List<TokenBlocks>> batches = new ArrayList<>();
            List<List<TokenBlocks>> heldOut = new ArrayList<>();
            List<SourceModel> models = new ArrayList<>();
            for (Workload workload : workloads) {
                try (SourceTokenizer tokenizer = new SourceTokenizer(workload.vocabulary(), Optional.empty())) {
                    batches.add(batches(workload, tokenizer, WARM_UP_STEPS + steps));
                    heldOut.add(heldOut(workload, tokenizer));
                    String name = workload.source().name();
                    models.add(
                            engine.newSource(name, tokenizer.size(), settings.sequenceLength(name), settings.seed()));
                }
            }
            models.forEach(model -> model.begin(nothing));
            train(models, batches, 0, WARM_UP_STEPS);
            start.await();
            Since before = Since.now();
            for (int step = 0; step < steps; step += roundSteps) {
                int first = WARM_UP_STEPS + step;
                train(models, batches, first, first + Math.min(roundSteps, steps - step));
                validate(models, heldOut, nothing);
            }
            Pace pace = before.pace(trainedTokens(workloads, steps));
            models.forEach(SourceModel::close);
            return pace;
        }
    }

    private void train(List<SourceModel> models, List<List<TokenBlocks>> batches, int from, int to) {
        for (int step = from; step < to; step++) {
            for (int i = 0; i < models.size(); i++) {
                TokenBlocks batch = batches.get(i).get(step);
                models.get(i)
                        .step(
                                batch.tokensBT1(),
                                batch.rows(),
                                settings.learningRate().at(step));
            }
        }
    }

    private void validate(List<SourceModel> models, List<List<TokenBlocks>> heldOut, SharedParameters nothing) {
        for (int i = 0; i < models.size(); i++) {
            Validation.bitsPerByte(models.get(i), nothing, heldOut.get(i), settings.batchRows());
        }
    }

    private List<TokenBlocks> heldOut(Workload workload, SourceTokenizer tokenizer) {
        BlockPacker packer = new BlockPacker(
                tokenizer, 1, settings.sequenceLength(workload.source().name()));
        List<TokenBlocks> rows = new ArrayList<>();
        for (String text : workload.documents()) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            if (rows.size() < settings.holdOut().maxRows() && settings.holdOut().holds(utf8)) {
                rows.addAll(packer.add(text, utf8.length));
            }
        }
        return rows.subList(0, Math.min(rows.size(), settings.holdOut().maxRows()));
    }

    /** The first batches of a source, its text repeated as often as it takes. */
    private List<TokenBlocks> batches(Workload workload, SourceTokenizer tokenizer, int count) {
        BlockPacker packer = new BlockPacker(
                tokenizer,
                settings.batchRows(),
                settings.sequenceLength(workload.source().name()));
        List<TokenBlocks> batches = new ArrayList<>();
        int document = 0;
        while (batches.size() < count) {
            String text =
                    workload.documents().get(document++ % workload.documents().size());
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            if (!settings.holdOut().holds(utf8)) {
                batches.addAll(packer.add(text, utf8.length));
            }
        }
        return batches;
    }
}
