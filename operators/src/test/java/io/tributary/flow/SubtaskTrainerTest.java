package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.merge.OuterOptimizer;
import io.tributary.model.AdamW;
import io.tributary.model.Body;
import io.tributary.model.Initializer;
import io.tributary.model.LearningRate;
import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.record.Downstream;
import io.tributary.record.Downstream.BodyShard;
import io.tributary.record.ParameterGroup;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.ShardId;
import io.tributary.record.ShardUpdate;
import io.tributary.record.SnapshotPart;
import io.tributary.record.SourceId;
import io.tributary.record.TokenBlocks;
import io.tributary.record.Tokenized;
import io.tributary.round.RoundRules;
import io.tributary.vocabulary.VocabularyTrainer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a Train subtask does, on the real engine and without Flink. */
class SubtaskTrainerTest {
    private static final SourceId A = new SourceId("a", 312);
    private static final SourceId B = new SourceId("b", 84);
    private static final int T = 8;
    private static final int ROWS = 2;
    private static final int LOCAL_STEPS = 2;
    private static final long TIMEOUT_MS = 1_000;
    private static final TrainingSettings SETTINGS = new TrainingSettings(
            1,
            new ModelShape(1, 8, 1, T),
            Precision.FP32,
            AdamW.defaults(),
            LearningRate.constant(1e-2, 1),
            ROWS,
            new RoundRules(LOCAL_STEPS, TIMEOUT_MS, 10),
            new OuterOptimizer.Averaging(),
            200,
            VocabularySettings.defaults(),
            HoldOut.defaults(),
            1,
            1 << 20,
            List.of());
    private static final byte[] VOCABULARY = new VocabularyTrainer(300).train();

    private final List<SubtaskTrainer> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(SubtaskTrainer::close);
    }

    @Test
    void aFullRoundAnnouncesContributesEveryShardAndCloses() {
        Recorder out = new Recorder();
        SubtaskTrainer trainer = trainer(out);
        feed(trainer, A, LOCAL_STEPS);
        body(trainer, 0, 0);
        work(trainer, 1);

        assertThat(out.events).startsWith("announce 0").endsWith("close 0");
        assertThat(out.updates).hasSize(SETTINGS.sharding().count()).allSatisfy(update -> {
            assertThat(update.round()).isZero();
            assertThat(update.weight()).isEqualTo(1);
        });
        assertThat(norm(out.updates)).isPositive();
    }

    @Test
    void theTimeoutSendsWhatThereIsWithLessWeight() {
        Recorder out = new Recorder();
        SubtaskTrainer trainer = trainer(out);
        feed(trainer, A, 1);
        body(trainer, 0, 0);
        work(trainer, 1);
        assertThat(out.updates).isEmpty();

        trainer.deadline(1 + TIMEOUT_MS);

        assertThat(out.updates).isNotEmpty().allSatisfy(update -> assertThat(update.weight())
                .isEqualTo(0.5));
        body(trainer, 1, 5_000);
        work(trainer, 5_000);
        assertThat(out.reports)
                .singleElement()
                .extracting(RoundReport::participation, RoundReport::steps)
                .containsExactly(Participation.PARTIAL, 1L);
    }

    @Test
    void aRoundIsJudgedAndKeptBeforeTheNextIsTrained() {
        Recorder out = new Recorder();
        SubtaskTrainer trainer = trainer(out);
        feed(trainer, A, 2 * LOCAL_STEPS);
        body(trainer, 0, 0);
        work(trainer, 1);
        out.events.clear();
        body(trainer, 1, 2);
        work(trainer, 3);

        assertThat(out.events).startsWith("report 0", "snapshot 1", "announce 1");
    }

    @Test
    void aBodyThatFollowsAtOnceFindsTheChoresOfTheOneBeforeDone() {
        Recorder out = new Recorder();
        SubtaskTrainer trainer = trainer(out);
        feed(trainer, A, LOCAL_STEPS);
        body(trainer, 0, 0);
        work(trainer, 1);
        // A has no batch left: with another's participation it is only awaited until the deadline.
        trainer.receive(new Downstream.Participation(1), 2);
        body(trainer, 1, 2);
        assertThat(out.events).doesNotContain("close 1");

        work(trainer, 2);
        trainer.deadline(3 + TIMEOUT_MS);

        assertThat(out.events).containsSubsequence("report 0", "snapshot 1", "close 1");
    }

    @Test
    void lateWorkIsSentAgainstTheBodyThatItStartedFromAlsoAfterARestore() throws IOException {
        Recorder unbroken = new Recorder();
        SubtaskTrainer trainer = lateInRoundOne(unbroken);
        byte[] state = state(trainer);
        finishRoundOne(trainer);

        Recorder restored = new Recorder();
        SubtaskTrainer again = trainer(restored);
        read(again, state);
        finishRoundOne(again);

        assertThat(late(unbroken)).isNotEmpty().allSatisfy(update -> assertThat(update.baseRound())
                .isZero());
        assertThat(late(restored)).usingRecursiveComparison().isEqualTo(late(unbroken));
    }

    @Test
    void aBodyOfAnotherCheckpointIsRefused() throws IOException {
        Recorder out = new Recorder();
        SubtaskTrainer trainer = trainer(out);
        feed(trainer, A, 1);
        body(trainer, 0, 0);
        work(trainer, 1);
        byte[] state = state(trainer);

        SubtaskTrainer again = trainer(new Recorder());
        read(again, state);

        assertThatThrownBy(() -> body(again, 1, 0)).hasMessageContaining("not of the same checkpoint");
    }

    @Test
    void workInTheMiddleOfARoundGoesOnAfterARestoreAsIfNothingHadHappened() throws IOException {
        Recorder unbroken = new Recorder();
        SubtaskTrainer trainer = trainer(unbroken);
        feed(trainer, A, LOCAL_STEPS);
        body(trainer, 0, 0);
        // The first work is the chore that begins the round.
        trainer.work(1);
        trainer.work(1);
        byte[] state = state(trainer);
        work(trainer, 1);

        Recorder restored = new Recorder();
        SubtaskTrainer again = trainer(restored);
        read(again, state);
        body(again, 0, 0);
        work(again, 1);

        assertThat(restored.updates).isNotEmpty();
        assertThat(restored.updates).usingRecursiveComparison().isEqualTo(unbroken.updates);
    }

    /** A has closed round 0; B came after that, and has taken one step from body 0 that counts in round 1. */
    private SubtaskTrainer lateInRoundOne(Recorder out) {
        SubtaskTrainer trainer = trainer(out);
        feed(trainer, A, LOCAL_STEPS);
        body(trainer, 0, 0);
        work(trainer, 1);
        feed(trainer, B, 1);
        work(trainer, 2);
        assertThat(trainer.rounds().state(B).round()).isEqualTo(1);
        return trainer;
    }

    private static void finishRoundOne(SubtaskTrainer trainer) {
        body(trainer, 1, 3);
        trainer.accept(new Tokenized.Batch(B, blocks(99)), 4);
        work(trainer, 4);
    }

    private static List<ShardUpdate> late(Recorder out) {
        return out.updates.stream().filter(update -> update.source().equals(B)).toList();
    }

    private SubtaskTrainer trainer(Recorder out) {
        StepEngine engine = StepEngine.open(SETTINGS.shape(), SETTINGS.precision(), SETTINGS.adamW());
        SubtaskTrainer trainer =
                new SubtaskTrainer(SETTINGS, engine, out, new SnapshotProgress(KeyGroupRange.of(0, 127)), out);
        open.add(trainer);
        return trainer;
    }

    private static byte[] state(SubtaskTrainer trainer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new TrainState(trainer).write(0, List.copyOf(trainer.sources().values()), bytes);
        return bytes.toByteArray();
    }

    private static void read(SubtaskTrainer trainer, byte[] state) throws IOException {
        new TrainState(trainer).read(0, new ByteArrayInputStream(state));
    }

    private static void feed(SubtaskTrainer trainer, SourceId source, int batches) {
        trainer.accept(new Tokenized.Vocabulary(source, VOCABULARY), 0);
        trainer.accept(new Tokenized.HeldOut(source, new TokenBlocks(new int[T + 1], 1, 10)), 0);
        for (int i = 0; i < batches; i++) {
            trainer.accept(new Tokenized.Batch(source, blocks(i)), 0);
        }
    }

    private static TokenBlocks blocks(int seed) {
        return new TokenBlocks(
                new Random(seed).ints((long) ROWS * (T + 1), 3, 250).toArray(), ROWS, 40);
    }

    /** The initial body, moved a little with each round. */
    private static void body(SubtaskTrainer trainer, long round, long nowMs) {
        for (int index = 0; index < SETTINGS.sharding().count(); index++) {
            float[] values = new float[SETTINGS.sharding().length(index)];
            Initializer.body(SETTINGS.shape(), 1, SETTINGS.sharding().start(index), values);
            for (int i = 0; i < values.length; i++) {
                values[i] += round * 0.01f;
            }
            trainer.receive(new BodyShard(new ShardId(ParameterGroup.BODY, index), round, values), nowMs);
        }
    }

    private static void work(SubtaskTrainer trainer, long nowMs) {
        while (trainer.hasWork()) {
            trainer.work(nowMs);
        }
    }

    private static double norm(List<ShardUpdate> updates) {
        double sum = 0;
        for (ShardUpdate update : updates) {
            for (float value : update.delta()) {
                sum += (double) value * value;
            }
        }
        assertThat(sum).isNotCloseTo(0, within(1e-12));
        return Math.sqrt(sum);
    }

    /** Keeps what comes out, in its order. */
    private static final class Recorder implements Outlet, SnapshotStore {
        private static final long serialVersionUID = 1;

        private final transient List<String> events = new ArrayList<>();
        private final transient List<ShardUpdate> updates = new ArrayList<>();
        private final transient List<RoundReport> reports = new ArrayList<>();

        @Override
        public void update(ShardUpdate update) {
            events.add("update " + update.round());
            updates.add(update);
        }

        @Override
        public void announce(long round) {
            events.add("announce " + round);
        }

        @Override
        public void closeRound(long round) {
            events.add("close " + round);
        }

        @Override
        public void report(RoundReport report) {
            events.add("report " + report.round());
            reports.add(report);
        }

        @Override
        public void snapshot(SnapshotPart part) {
            events.add("snapshot " + part.round());
        }

        @Override
        public List<SnapshotPart.File> writeBody(ModelShape shape, Body body) {
            return List.of(new SnapshotPart.File("", "body", body.parameters(), ""));
        }

        @Override
        public List<SnapshotPart.File> writeSource(
                long round, ModelShape shape, String source, SourceModel model, byte[] vocabulary) {
            return List.of(new SnapshotPart.File(source, source, model.pieces(), ""));
        }
    }
}
