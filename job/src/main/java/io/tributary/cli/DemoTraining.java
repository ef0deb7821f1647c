package io.tributary.cli;

import io.tributary.config.PipelineConfig;
import io.tributary.corpus.Topics;
import io.tributary.embedded.Places;
import io.tributary.flow.HoldOut;
import io.tributary.flow.SampleSettings;
import io.tributary.flow.TrainingSettings;
import io.tributary.flow.VocabularySettings;
import io.tributary.job.TrainingJob;
import io.tributary.kafka.CorpusDeserializer;
import io.tributary.kafka.CorpusSource;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import io.tributary.merge.Merging;
import io.tributary.model.AdamW;
import io.tributary.model.LearningRate;
import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import io.tributary.record.SourceId;
import io.tributary.record.SourceKeys;
import io.tributary.round.Mixture;
import io.tributary.round.RoundRules;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The demo's model: small enough to learn something in minutes on two cores. */
final class DemoTraining {
    static final ModelShape SHAPE = new ModelShape(4, 128, 4, 128);
    private static final int BATCH_ROWS = 8;
    private static final int PIECES = 2048;
    /** A demo's text is sent until there is enough, so the vocabulary never has to do with less. */
    static final long BOOTSTRAP_BYTES = 512 << 10;

    private static final long BOOTSTRAP_TIMEOUT_MS = Duration.ofMinutes(2).toMillis();

    private static final HoldOut HOLD_OUT = new HoldOut(0.02, 24);
    private static final long ROUND_TIMEOUT_MS = Duration.ofMinutes(5).toMillis();
    private static final long QUEUE_LIMIT_BYTES = 16 << 20;
    private static final int SHARD_VALUES = 1 << 18;
    static final int SNAPSHOT_EVERY = 4;
    private static final int SAMPLE_TOKENS = 32;
    private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(30);

    private DemoTraining() {}

    /** Adds the whole job to an environment whose parallelism is set. */
    static void build(StreamExecutionEnvironment environment, DemoPlan plan) {
        Configuration flink = new Configuration();
        flink.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
        flink.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        flink.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                Places.uri(plan.out().resolve("flink/checkpoints")));
        // What fails again and again should end the demo with its reason.
        flink.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 3);
        environment.configure(flink);
        TrainingJob.build(environment, config(plan));
    }

    static PipelineConfig config(DemoPlan plan) {
        String servers = plan.bootstrapServers();
        return new PipelineConfig(
                new CorpusSource(
                        servers, "tributary-demo", CorpusSource.Start.EARLIEST, Duration.ofSeconds(5), Map.of()),
                CorpusDeserializer.DEFAULT_PREFIX,
                Map.of(),
                CorpusDeserializer.DEFAULT_MAX_DOCUMENT_BYTES,
                settings(plan),
                Places.uri(plan.snapshots()),
                new DeadLetterSink(servers, Topics.MAX_MESSAGE_BYTES, Map.of()),
                new ReportSink(servers, Map.of()));
    }

    static TrainingSettings settings(DemoPlan plan) {
        boolean together = plan.variant().mixture();
        Map<String, SourceId> ids = together ? SourceKeys.together(plan.sources()) : SourceKeys.of(plan.sources());
        RoundRules rounds = rounds(plan, List.copyOf(ids.values()));
        long horizonSteps = Math.multiplyExact((long) plan.rounds(), rounds.localSteps());
        return new TrainingSettings(
                plan.seed(),
                SHAPE,
                Precision.detect(),
                AdamW.defaults(),
                LearningRate.cosine(3e-3, Math.max(1, horizonSteps / 20), Math.max(2, horizonSteps)),
                BATCH_ROWS,
                BATCH_ROWS,
                rounds,
                Merging.averaging(plan.variant(), SHARD_VALUES),
                new VocabularySettings(
                        PIECES, BOOTSTRAP_BYTES, BOOTSTRAP_TIMEOUT_MS, plan.vocabularies(), plan.vocabulary()),
                HOLD_OUT,
                SNAPSHOT_EVERY,
                QUEUE_LIMIT_BYTES,
                List.copyOf(ids.values()),
                Map.of(),
                new SampleSettings(SNAPSHOT_EVERY, SAMPLE_TOKENS, SampleSettings.NONE.rules(), plan.prompts()));
    }

    /** A model of the mixture takes as many steps in a round as all sources would take by themselves. */
    private static RoundRules rounds(DemoPlan plan, List<SourceId> sources) {
        if (!plan.variant().mixture()) {
            return new RoundRules(plan.steps(), ROUND_TIMEOUT_MS, plan.rounds());
        }
        int steps = Math.multiplyExact(plan.steps(), sources.size());
        return RoundRules.mixture(ROUND_TIMEOUT_MS, plan.rounds(), new Mixture(0, Map.of()).steps(sources, steps));
    }

    /** Whether a document is kept for validation, and never trained. */
    static boolean isHeldOut(String document) {
        return HOLD_OUT.holds(document.getBytes(StandardCharsets.UTF_8));
    }

    /** Tokens of one local step of one source. */
    static int tokensPerStep() {
        return BATCH_ROWS * SHAPE.sequenceLength();
    }
}
