package io.tributary.judge;

import io.tributary.corpus.DocumentReader;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.flow.BlockPacker;
import io.tributary.flow.HoldOut;
import io.tributary.flow.SnapshotStore;
import io.tributary.flow.Validation;
import io.tributary.model.AdamW;
import io.tributary.model.LearningRate;
import io.tributary.model.Precision;
import io.tributary.model.SharedParameters;
import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.model.StepResult;
import io.tributary.record.ParameterGroup;
import io.tributary.record.TokenBlocks;
import io.tributary.snapshot.ExtendedSnapshot;
import io.tributary.snapshot.Snapshot;
import io.tributary.snapshot.SourceCounts;
import io.tributary.snapshot.SourceParameters;
import io.tributary.vocabulary.SourceTokenizer;
import io.tributary.vocabulary.VocabularyTrainer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Teaches the model of a snapshot a new source, on this machine and without Flink: the continued pre-training of DEPT
 * (arXiv 2410.05021), from random embeddings or from learnt ones. What comes out is a snapshot with one source more.
 *
 * <p>Equal plans make equal snapshots, to the byte, on processors of one kind.
 */
public final class Adaptation {
    /** As {@link io.tributary.flow.VocabularySettings} has it for a source of a job. */
    private static final long VOCABULARY_BYTES = 4_000_000;

    private static final HoldOut HOLD_OUT = HoldOut.defaults();
    private static final int PROGRESS_LINES = 20;
    /** Slices in which parameters go from one place to the other. */
    private static final int SLICE = 1 << 18;

    private final Snapshot snapshot;
    private final AdaptationPlan plan;
    private final Consumer<Progress> progress;

    /**
     * How far it is.
     *
     * @param step steps that are done
     * @param loss mean of the steps since the last progress; NaN before the first
     * @param heldOutBitsPerByte of documents that are never trained; NaN where none happens to be held out
     */
    public record Progress(int step, double loss, double heldOutBitsPerByte) {}

    public Adaptation(Snapshot snapshot, AdaptationPlan plan, Consumer<Progress> progress) {
        this.snapshot = snapshot;
        this.plan = plan;
        this.progress = progress;
    }

    /**
     * Trains and writes the new snapshot.
     *
     * @param root a folder of snapshots, which must not be that of the old one
     * @return the new snapshot's folder
     * @throws IOException if something cannot be read or written, or does not fit together; the message says what
     */
    public org.apache.flink.core.fs.Path run(org.apache.flink.core.fs.Path root) throws IOException {
        byte[] vocabulary = vocabulary();
        try (SourceParameters start = start();
                SourceTokenizer tokenizer = new SourceTokenizer(vocabulary, held());
                StepEngine engine = StepEngine.open(start.shape(), Precision.detect(), AdamW.defaults(), Set.of());
                SharedParameters nothing = engine.newShared(0, Map.of());
                SourceModel model = engine.newSource(
                        plan.source(), tokenizer.size(), start.shape().sequenceLength(), plan.seed())) {
            take(start, model);
            if (!plan.bodyIsLive()) {
                model.freezeBody();
            }
            model.begin(nothing);
            SourceCounts counts = train(model, nothing, tokenizer);
            return new ExtendedSnapshot(snapshot, root)
                    .with(plan.source(), start.shape(), vocabulary, held(), own(model, start), counts);
        }
    }

    private SourceParameters start() throws IOException {
        if (plan.from().isPresent()) {
            return SourceParameters.of(snapshot, plan.from().get());
        }
        SourceParameters common = SourceParameters.common(snapshot);
        if (!common.has(ParameterGroup.BODY)) {
            common.close();
            throw new Failure(
                    ErrorCode.SOURCE_UNKNOWN,
                    "The sources of %s share no body: say whose to begin with, one of %s"
                            .formatted(snapshot.folder().getPath(), snapshot.sources()));
        }
        return common;
    }

    private byte[] vocabulary() throws IOException {
        if (plan.from().isPresent()) {
            return snapshot.tokenizer(plan.from().get());
        }
        return plan.vocabulary().isPresent() ? plan.vocabulary().get() : trainedVocabulary();
    }

    private Optional<int[]> held() throws IOException {
        return plan.from().isPresent() ? snapshot.heldPieces(plan.from().get()) : Optional.empty();
    }

    /** From an equal share of each corpus. */
    private byte[] trainedVocabulary() throws IOException {
        VocabularyTrainer trainer = new VocabularyTrainer(plan.pieces());
        for (Path corpus : plan.corpora()) {
            long left = VOCABULARY_BYTES / plan.corpora().size();
            try (DocumentReader reader = DocumentReader.open(corpus)) {
                for (Optional<String> text = reader.next(); left > 0 && text.isPresent(); text = reader.next()) {
                    byte[] utf8 = text.get().getBytes(StandardCharsets.UTF_8);
                    if (!HOLD_OUT.holds(utf8)) {
                        trainer.add(text.get());
                        left -= utf8.length;
                    }
                }
            }
        }
        return trainer.train();
    }

    /** Learnt values in the place of drawn ones. Token embeddings without the vocabulary they are of are of no use. */
    private void take(SourceParameters start, SourceModel model) throws IOException {
        for (ParameterGroup group : ParameterGroup.values()) {
            if (start.has(group)
                    && (group != ParameterGroup.TOKENS || plan.from().isPresent())) {
                long size = model.elements(group);
                for (long at = 0; at < size; at += SLICE) {
                    float[] slice = new float[(int) Math.min(SLICE, size - at)];
                    start.copy(group, at, slice);
                    model.put(group, at, slice);
                }
            }
        }
    }

    private SourceCounts train(SourceModel model, SharedParameters nothing, SourceTokenizer tokenizer)
            throws IOException {
        LearningRate rate = LearningRate.cosine(plan.learningRate(), plan.steps() / 20, plan.steps());
        List<TokenBlocks> heldOut = HeldOutText.rows(plan.corpora(), HOLD_OUT, tokenizer, model.sequenceLength());
        List<TextStream> streams = new ArrayList<>();
        try {
            for (Path corpus : plan.corpora()) {
                BlockPacker packer = new BlockPacker(tokenizer, plan.batchRows(), model.sequenceLength());
                streams.add(new TextStream(corpus, packer, HOLD_OUT::holds));
            }
            progress.accept(
                    new Progress(0, Double.NaN, Validation.bitsPerByte(model, nothing, heldOut, plan.batchRows())));
            double sum = 0;
            int since = 0;
            long bytes = 0;
            for (int step = 0; step < plan.steps(); step++) {
                TokenBlocks batch = streams.get(step % streams.size()).next();
                StepResult result = model.step(batch.tokensBT1(), batch.rows(), rate.at(step));
                if (!result.applied()) {
                    throw new Failure(
                            ErrorCode.MODEL_UNUSABLE,
                            "The gradient of step %d is %s: try a lower learning rate than %s"
                                    .formatted(step, result.gradientNorm(), plan.learningRate()));
                }
                bytes += batch.bytes();
                sum += result.loss();
                since++;
                int done = step + 1;
                if (done % Math.max(1, plan.steps() / PROGRESS_LINES) == 0 || done == plan.steps()) {
                    double bitsPerByte = Validation.bitsPerByte(model, nothing, heldOut, plan.batchRows());
                    progress.accept(new Progress(done, sum / since, bitsPerByte));
                    sum = 0;
                    since = 0;
                }
            }
            long tokens = (long) plan.steps() * plan.batchRows() * model.sequenceLength();
            return new SourceCounts(tokens, bytes);
        } finally {
            for (TextStream stream : streams) {
                stream.close();
            }
        }
    }

    /** All that the source does not share with the others from now on. */
    private Map<ParameterGroup, SnapshotStore.Values> own(SourceModel model, SourceParameters start) {
        Map<ParameterGroup, SnapshotStore.Values> groups = new EnumMap<>(ParameterGroup.class);
        boolean sharesBody = !plan.bodyIsLive() && !start.ownsBody();
        for (ParameterGroup group : ParameterGroup.values()) {
            if (model.elements(group) > 0 && (group != ParameterGroup.BODY || !sharesBody)) {
                groups.put(group, new Values(model, group));
            }
        }
        return groups;
    }

    private record Values(SourceModel model, ParameterGroup group) implements SnapshotStore.Values {
        @Override
        public long size() {
            return model.elements(group);
        }

        @Override
        public void copy(long from, float[] out) {
            model.copy(group, from, out);
        }
    }
}
