package io.tributary.flow;

import io.tributary.merge.InnerState;
import io.tributary.merge.Merging;
import io.tributary.merge.OuterOptimizer;
import io.tributary.merge.Weighting;
import io.tributary.model.AdamW;
import io.tributary.model.LearningRate;
import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.record.Downstream.RowsShard;
import io.tributary.record.Downstream.SharedShard;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.ShardId;
import io.tributary.record.SourceId;
import io.tributary.record.TensorId;
import io.tributary.record.TokenBlocks;
import io.tributary.record.Tokenized;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import io.tributary.vocabulary.SentencePieceModel;
import io.tributary.vocabulary.VocabularyTrainer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.flink.runtime.state.KeyGroupRange;

/**
 * A Train subtask on the real engine and without Flink. In place of the outer step the initial values come back, moved a
 * little with each round.
 */
final class TrainFixture implements AutoCloseable {
    static final SourceId A = new SourceId("a", 312);
    static final SourceId B = new SourceId("b", 84);
    static final int T = 8;
    static final int ROWS = 2;
    static final int WIDTH = 8;
    static final int LOCAL_STEPS = 2;
    static final long TIMEOUT_MS = 1_000;
    static final long ROUNDS = 20;
    static final long SEED = 1;
    static final ModelShape SHAPE = new ModelShape(1, WIDTH, 1, T);
    static final byte[] VOCABULARY = new VocabularyTrainer(300).train();
    static final int PIECES = SentencePieceModel.read(VOCABULARY).pieces().size();

    private static final int SHARD_VALUES = 200;

    final TrainingSettings settings;
    final Recorder out = new Recorder();
    final SubtaskTrainer trainer;

    TrainFixture(TrainingSettings settings) {
        this(settings, InitialValues.DRAWN);
    }

    TrainFixture(TrainingSettings settings, InitialValues initial) {
        this.settings = settings;
        StepEngine engine = StepEngine.open(
                settings.shape(),
                settings.precision(),
                settings.adamW(),
                settings.merging().variant().shared());
        trainer =
                new SubtaskTrainer(settings, engine, out, initial, new SnapshotProgress(KeyGroupRange.of(0, 127)), out);
    }

    TrainFixture(Variant variant) {
        this(settings(Merging.averaging(variant, SHARD_VALUES)));
    }

    static Merging merging(Variant variant, InnerState innerState, int resetRounds) {
        return new Merging(
                variant, new OuterOptimizer.Averaging(), Weighting.TOKENS, innerState, SHARD_VALUES, resetRounds);
    }

    static TrainingSettings settings(Merging merging) {
        return settings(merging, rules(merging.variant()), LearningRate.constant(1e-2, 1), Map.of());
    }

    private static RoundRules rules(Variant variant) {
        return variant.mixture()
                ? RoundRules.mixture(TIMEOUT_MS, ROUNDS, Map.of(A, LOCAL_STEPS, atA(B), LOCAL_STEPS))
                : new RoundRules(LOCAL_STEPS, TIMEOUT_MS, ROUNDS);
    }

    /** The table of a global vocabulary has more rows than the vocabulary has pieces. */
    static TrainingSettings settings(
            Merging merging, RoundRules rules, LearningRate learningRate, Map<String, Integer> sequenceLengths) {
        return settings(merging, rules, learningRate, sequenceLengths, 1 << 20);
    }

    static TrainingSettings settings(Variant variant, long queueLimitBytes) {
        Merging merging = Merging.averaging(variant, SHARD_VALUES);
        return settings(merging, rules(variant), LearningRate.constant(1e-2, 1), Map.of(), queueLimitBytes);
    }

    private static TrainingSettings settings(
            Merging merging,
            RoundRules rules,
            LearningRate learningRate,
            Map<String, Integer> sequenceLengths,
            long queueLimitBytes) {
        return new TrainingSettings(
                SEED,
                SHAPE,
                Precision.FP32,
                AdamW.defaults(),
                learningRate,
                ROWS,
                rules,
                merging,
                new VocabularySettings(PIECES + 3, 1_000, 1_000, Map.of()),
                HoldOut.defaults(),
                1,
                queueLimitBytes,
                merging.variant().mixture() ? List.of(A, atA(B)) : List.of(),
                sequenceLengths);
    }

    /** The same with room for more pieces in a vocabulary. */
    static TrainingSettings morePieces(TrainingSettings s) {
        return new TrainingSettings(
                s.seed(),
                s.shape(),
                s.precision(),
                s.adamW(),
                s.learningRate(),
                s.batchRows(),
                s.rounds(),
                s.merging(),
                new VocabularySettings(PIECES + 9, 1_000, 1_000, Map.of()),
                s.holdOut(),
                s.snapshotEvery(),
                s.queueLimitBytes(),
                s.sources(),
                s.sequenceLengths());
    }

    /** The source with the key that puts it beside A. */
    static SourceId atA(SourceId source) {
        return new SourceId(source.name(), A.key());
    }

    SharedLayout layout() {
        return trainer.layout();
    }

    void vocabulary(SourceId source, int... held) {
        trainer.accept(new Tokenized.Vocabulary(source, VOCABULARY, held), 0);
    }

    void heldOut(SourceId source, int... tokensT1) {
        trainer.accept(new Tokenized.HeldOut(source, new TokenBlocks(tokensT1, 1, 10)), 0);
    }

    /** A batch of ids below {@code pieces}. */
    void batch(SourceId source, int seed, int pieces, int... grown) {
        trainer.accept(
                new Tokenized.Batch(source, blocks(seed, pieces, settings.sequenceLength(source.name())), grown), 0);
    }

    /** Batches of a source that holds all pieces. */
    void batches(SourceId source, int from, int to) {
        for (int seed = from; seed < to; seed++) {
            batch(source, seed, PIECES);
        }
    }

    static TokenBlocks blocks(int seed, int pieces, int sequenceLength) {
        return new TokenBlocks(
                new Random(seed).ints(ROWS * (sequenceLength + 1L), 0, pieces).toArray(), ROWS, 40);
    }

    /** What a shard holds when a round starts. */
    float[] values(ShardId shard, long round) {
        float[] values = layout().initial(shard, 0);
        boolean moments = shard.tensor().quantity() != Quantity.PARAMETERS;
        for (int i = 0; i < values.length; i++) {
            values[i] += moments ? (i + 1) * 1e-4f : round * 0.01f;
        }
        return values;
    }

    /** All shards that everyone has. */
    void body(long round, long nowMs) {
        for (TensorId tensor : layout().startOf(round)) {
            for (int index = 0;
                    !layout().byRows(tensor)
                            && index < layout().sharding(tensor).count();
                    index++) {
                ShardId shard = new ShardId(tensor, index);
                trainer.receive(new SharedShard(shard, round, values(shard, round)), nowMs);
            }
        }
    }

    /** All rows of a source. */
    void rows(SourceId source, long round, int... held) {
        HeldRows rows = trainer.heldRows(held);
        for (TensorId tensor : layout().startOf(round)) {
            for (int index = 0;
                    layout().byRows(tensor) && index < layout().sharding(tensor).count();
                    index++) {
                rowsShard(source, new ShardId(tensor, index), round, rows.in(index));
            }
        }
    }

    void rowsShard(SourceId source, ShardId shard, long round, int... rows) {
        if (rows.length > 0) {
            float[] values = Rows.gather(values(shard, round), rows, WIDTH);
            trainer.receive(new RowsShard(shard, source, round, rows, values), round);
        }
    }

    /** A round begins with everything that it needs, and what can be done in it is done. */
    void round(long round) {
        trainer.sources().values().forEach(source -> source.rows()
                .ifPresent(rows -> rows(source.id(), round, rows.held())));
        body(round, round);
        work(round);
    }

    void work(long nowMs) {
        while (trainer.hasWork()) {
            trainer.work(nowMs);
        }
    }

    /** The chores that begin a round, and one step. */
    void oneStep(long nowMs) {
        long before = queued();
        while (queued() == before) {
            trainer.work(nowMs);
        }
    }

    private long queued() {
        return trainer.sources().values().stream()
                .mapToLong(source -> source.queue().size())
                .sum();
    }

    /** The second source of a test, where the variant puts it. */
    static SourceId second(Variant variant) {
        return variant.mixture() ? atA(B) : B;
    }

    /** The rows that a source holds; none where it holds all. */
    int[] held(SourceId id) {
        return source(id).rows().map(HeldRows::held).orElseGet(() -> new int[0]);
    }

    TrainedSource source(SourceId id) {
        return Objects.requireNonNull(trainer.sources().get(id));
    }

    byte[] state() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new TrainState(trainer)
                .write(
                        0,
                        List.copyOf(trainer.sources().values()),
                        trainer.unbegun(),
                        trainer.standings().told(),
                        bytes);
        return bytes.toByteArray();
    }

    /** Another subtask that goes on from a state. */
    TrainFixture restored(byte[] state) throws IOException {
        TrainFixture restored = new TrainFixture(settings);
        restored.read(state);
        return restored;
    }

    void read(byte[] state) throws IOException {
        new TrainState(trainer).read(0, new ByteArrayInputStream(state));
    }

    /** A tensor of a source, taken from the end of what its model writes: group by group two moments and the values. */
    float[] tensor(SourceId source, TensorId wanted) throws IOException {
        SourceModel model = source(source).model();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        model.write(bytes);
        long at = bytes.size();
        for (int tag = ParameterGroup.values().length - 1; tag >= 0; tag--) {
            ParameterGroup group = ParameterGroup.ofTag(tag);
            boolean here = !trainer.engine().shared().contains(group) || model.inRound();
            for (Quantity quantity : List.of(Quantity.PARAMETERS, Quantity.SECOND_MOMENT, Quantity.FIRST_MOMENT)) {
                if (quantity != Quantity.PARAMETERS || here) {
                    at -= model.elements(group) * Float.BYTES;
                    if (wanted.equals(new TensorId(group, quantity))) {
                        float[] values = new float[Math.toIntExact(model.elements(group))];
                        ByteBuffer.wrap(bytes.toByteArray())
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .position(Math.toIntExact(at))
                                .slice()
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .asFloatBuffer()
                                .get(values);
                        return values;
                    }
                }
            }
        }
        throw new IllegalArgumentException("Source " + source + " has no " + wanted);
    }

    @Override
    public void close() {
        trainer.close();
    }
}
