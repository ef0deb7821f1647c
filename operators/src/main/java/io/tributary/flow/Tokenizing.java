package io.tributary.flow;

import io.tributary.record.DeadLetter;
import io.tributary.record.Document;
import io.tributary.record.Incoming;
import io.tributary.record.SourceId;
import io.tributary.record.Standing;
import io.tributary.record.TokenBlocks;
import io.tributary.record.Tokenized;
import io.tributary.record.Variant;
import io.tributary.record.WireType;
import io.tributary.vocabulary.VocabularyTrainer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Documents to blocks of tokens, one source at a time: the core of {@link Tokenize} and {@link TokenizeGlobally}, which
 * differ in where a vocabulary of all sources comes from. All state is keyed by source.
 */
final class Tokenizing implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tokenizing.class);
    /** What a dead letter from here gives as its stage. */
    private static final String STAGE = "tokenize";

    private final TrainingSettings settings;
    private final Variant variant;
    private final FirstDocuments first;
    private final SourceVocabulary vocabulary;
    private final ValueState<Packing> training;
    private final ValueState<Packing> heldOut;
    private final ValueState<Integer> heldOutRows;
    /** Batches since the last growth of the vocabulary. */
    private final ValueState<Integer> batchesOfRound;

    private final ValueState<Intake> intake;
    private final ValueState<Boolean> retired;
    private final MetricGroup metrics;
    private final Counter deadLetters;
    private final Map<SourceId, Counter> deadLettersOf = new HashMap<>();

    Tokenizing(TrainingSettings settings, RuntimeContext runtime) {
        this.settings = settings;
        variant = settings.merging().variant();
        first = new FirstDocuments(settings, runtime);
        vocabulary = new SourceVocabulary(variant.byRows(), runtime);
        var packing = new WireType<>(new PackingFormat());
        training = runtime.getState(new ValueStateDescriptor<>("packing", packing));
        heldOut = runtime.getState(new ValueStateDescriptor<>("held-out-packing", packing));
        heldOutRows = runtime.getState(new ValueStateDescriptor<>("held-out-rows", Types.INT));
        batchesOfRound = runtime.getState(new ValueStateDescriptor<>("batches-of-round", Types.INT));
        intake = runtime.getState(LedgerState.INTAKE);
        retired = runtime.getState(new ValueStateDescriptor<>("retired", Types.BOOLEAN));
        metrics = runtime.getMetricGroup();
        deadLetters = Metric.DEAD_LETTERS.count(metrics);
    }

    /**
     * @param global the vocabulary of all sources; empty where there is none, or none yet
     * @param deadLetterSink takes documents that come after their source has retired
     */
    void accept(
            Incoming record,
            Optional<byte[]> global,
            TimerService timers,
            Consumer<DeadLetter> deadLetterSink,
            Collector<Tokenized> out)
            throws Exception {
        if (record instanceof Incoming.Rejected rejected) {
            intake.update(intake().plusDeadLetter(rejected.bytes()));
        } else if (record instanceof Incoming.Placed placed) {
            place(placed, out);
        } else if (record instanceof Document document) {
            byte[] utf8 = document.text().getBytes(StandardCharsets.UTF_8);
            if (retired.value() != null) {
                count(document.source());
                deadLetterSink.accept(afterRetirement(document, utf8));
                intake.update(intake().plusDeadLetter(utf8.length));
            } else {
                take(document, utf8, global, timers, out);
            }
        }
    }

    private void count(SourceId deadLettersSource) {
        deadLetters.inc();
        deadLettersOf
                .computeIfAbsent(deadLettersSource, source -> Metric.SOURCE_DEAD_LETTERS.count(metrics, source))
                .inc();
    }

    private void take(
            Document document, byte[] utf8, Optional<byte[]> global, TimerService timers, Collector<Tokenized> out)
            throws Exception {
        boolean heldOut = settings.holdOut().holds(utf8);
        if (vocabulary.isKnown()) {
            tokenize(document, utf8.length, heldOut, out);
        } else {
            first.keep(document, timers);
            tryToStart(document.source(), global, out);
        }
        intake.update(intake().plusDocument(utf8.length, heldOut, waiting()));
    }

    private void place(Incoming.Placed placed, Collector<Tokenized> out) throws Exception {
        if (retired.value() != null) {
            LOG.warn("Source {} has retired and cannot be {}", placed.source(), placed.standing());
            return;
        }
        if (placed.standing() == Standing.RETIRED) {
            retired.update(true);
        }
        out.collect(new Tokenized.Placed(placed.source(), placed.standing()));
    }

    private static DeadLetter afterRetirement(Document document, byte[] utf8) {
        return new DeadLetter(
                document.origin(),
                Optional.of(document.source()),
                STAGE,
                "The source '%s' has retired: send its text under another name to train it as a new source"
                        .formatted(document.source()),
                Optional.of(utf8));
    }

    private Intake intake() throws Exception {
        Intake known = intake.value();
        return known == null ? Intake.NONE : known;
    }

    /** UTF-8 bytes of training text that are in no batch yet. */
    private long waiting() throws Exception {
        return vocabulary.isKnown() ? training.value().bytes() : first.waitingBytes();
    }

    /** The timeout of the first text; nothing is left to do where enough text came before it. */
    void onTimer(
            long timestampMs, SourceId source, TimerService timers, Optional<byte[]> global, Collector<Tokenized> out)
            throws Exception {
        if (!vocabulary.isKnown() && first.isOver(timestampMs, timers)) {
            first.complete();
            startIfReady(source, global, out);
        }
    }

    /** The UTF-8 bytes of training text that wait for the source's vocabulary. */
    long waitingBytes() throws Exception {
        return vocabulary.isKnown() ? 0 : first.waitingBytes();
    }

    /** Begins to write the source as soon as its vocabulary can be told. */
    void startIfReady(SourceId source, Optional<byte[]> global, Collector<Tokenized> out) throws Exception {
        tryToStart(source, global, out);
        intake.update(intake().withWaiting(waiting()));
    }

    private void tryToStart(SourceId source, Optional<byte[]> global, Collector<Tokenized> out) throws Exception {
        // One that retires before its vocabulary is never known to Train.
        if (vocabulary.isKnown() || retired.value() != null) {
            return;
        }
        settings.requireSameKey(source);
        boolean isGlobal = variant.globalVocabulary();
        Optional<byte[]> model = isGlobal
                ? global
                : Optional.ofNullable(settings.vocabulary().given().get(source.name()));
        // Which pieces a source holds at first is told by its first text alone, not by when a model came.
        boolean needsFirstText = variant.byRows() || (!isGlobal && model.isEmpty());
        if ((needsFirstText && !first.isComplete()) || (isGlobal && model.isEmpty())) {
            return;
        }
        FirstDocuments.Taken taken = first.take();
        start(source, model.orElseGet(() -> train(source, taken.firstText())), taken.firstText(), out);
        for (Document document : taken.documents()) {
            byte[] utf8 = document.text().getBytes(StandardCharsets.UTF_8);
            tokenize(document, utf8.length, settings.holdOut().holds(utf8), out);
        }
    }

    private byte[] train(SourceId source, List<String> texts) {
        VocabularyTrainer trainer = new VocabularyTrainer(settings.vocabulary().maxPieces(source.name()));
        texts.forEach(trainer::add);
        return trainer.train();
    }

    private void start(SourceId source, byte[] model, List<String> firstText, Collector<Tokenized> out)
            throws Exception {
        Tokenized.Vocabulary adopted = vocabulary.adopt(source, model, firstText);
        Packing start = Packing.start(vocabulary.endOfText(source));
        training.update(start);
        heldOut.update(start);
        heldOutRows.update(0);
        batchesOfRound.update(0);
        out.collect(adopted);
        if (variant.byRows()) {
            LOG.info("Source {} holds {} of {} pieces", source, adopted.held().length, vocabulary.size(source));
        } else {
            LOG.info("Source {} has a vocabulary of {} pieces", source, vocabulary.size(source));
        }
    }

    private void tokenize(Document document, int length, boolean isHeldOut, Collector<Tokenized> out) throws Exception {
        if (!isHeldOut) {
            for (TokenBlocks blocks : pack(document, length, training, settings.batchRows(), true)) {
                out.collect(batch(document.source(), blocks));
            }
            return;
        }
        int room = settings.holdOut().maxRows() - heldOutRows.value();
        if (room == 0) {
            return;
        }
        // Held-out rows go out one by one, so that a small source is evaluated too. Validation text has no say in what
        // is trained, so the vocabulary does not grow by it.
        List<TokenBlocks> rows = pack(document, length, heldOut, 1, false);
        List<TokenBlocks> kept = rows.subList(0, Math.min(room, rows.size()));
        heldOutRows.update(heldOutRows.value() + kept.size());
        kept.forEach(row -> out.collect(new Tokenized.HeldOut(document.source(), row)));
    }

    private List<TokenBlocks> pack(
            Document document, int utf8Bytes, ValueState<Packing> state, int rows, boolean remember) throws Exception {
        SourceId source = document.source();
        List<TokenBlocks> full = new ArrayList<>();
        state.update(state.value()
                .append(
                        vocabulary.encode(source, document.text(), remember),
                        vocabulary.endOfText(source),
                        utf8Bytes,
                        rows,
                        settings.sequenceLength(source.name()),
                        full));
        return full;
    }

    /** The vocabulary grows with the last batch of a round's worth: a place in the stream, not a moment in time. */
    private Tokenized.Batch batch(SourceId source, TokenBlocks blocks) throws Exception {
        if (!variant.byRows()) {
            return new Tokenized.Batch(source, blocks);
        }
        int batches = batchesOfRound.value() + 1;
        boolean endsRound = batches >= settings.rounds().steps(source);
        batchesOfRound.update(endsRound ? 0 : batches);
        return new Tokenized.Batch(source, blocks, endsRound ? vocabulary.grow(source) : new int[0]);
    }

    @Override
    public void close() {
        vocabulary.close();
    }
}
