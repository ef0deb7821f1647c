package io.tributary.flow;

import io.tributary.record.Document;
import io.tributary.record.DocumentFormat;
import io.tributary.record.SourceId;
import io.tributary.record.TokenBlocks;
import io.tributary.record.Tokenized;
import io.tributary.record.WireType;
import io.tributary.vocabulary.Tokenizer;
import io.tributary.vocabulary.VocabularyTrainer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Documents to blocks of tokens, per source. A source without a given vocabulary keeps its first documents until there
 * are enough to train one; then they are tokenized, in their order, before all that follows.
 */
public final class Tokenize extends KeyedProcessFunction<SourceId, Document, Tokenized> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(Tokenize.class);

    private final TrainingSettings settings;

    private transient ValueState<byte[]> vocabulary;
    private transient ListState<Document> bootstrap;
    private transient ValueState<Long> bootstrapBytes;
    private transient ValueState<Packing> training;
    private transient ValueState<Packing> heldOut;
    private transient ValueState<Integer> heldOutRows;
    private transient Map<SourceId, Tokenizer> tokenizers;

    @SuppressWarnings("NullAway.Init") // Flink calls open() first
    public Tokenize(TrainingSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        var packing = new WireType<>(new PackingFormat());
        var runtime = getRuntimeContext();
        vocabulary = runtime.getState(
                new ValueStateDescriptor<>("vocabulary", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        bootstrap = runtime.getListState(new ListStateDescriptor<>("bootstrap", new WireType<>(new DocumentFormat())));
        bootstrapBytes = runtime.getState(new ValueStateDescriptor<>("bootstrap-bytes", Types.LONG));
        training = runtime.getState(new ValueStateDescriptor<>("packing", packing));
        heldOut = runtime.getState(new ValueStateDescriptor<>("held-out-packing", packing));
        heldOutRows = runtime.getState(new ValueStateDescriptor<>("held-out-rows", Types.INT));
        tokenizers = new HashMap<>();
    }

    @Override
    public void processElement(Document document, Context context, Collector<Tokenized> out) throws Exception {
        SourceId source = document.source();
        if (vocabulary.value() == null) {
            byte[] given = settings.vocabulary().given().get(source.name());
            if (given == null) {
                keepForBootstrap(document, context, out);
                return;
            }
            adopt(source, given, out);
        }
        tokenize(document, out);
    }

    private void keepForBootstrap(Document document, Context context, Collector<Tokenized> out) throws Exception {
        Long before = bootstrapBytes.value();
        if (before == null) {
            var timers = context.timerService();
            timers.registerProcessingTimeTimer(
                    timers.currentProcessingTime() + settings.vocabulary().bootstrapTimeoutMs());
        }
        long bytes = (before == null ? 0 : before) + utf8(document).length;
        bootstrap.add(document);
        bootstrapBytes.update(bytes);
        if (bytes >= settings.vocabulary().bootstrapBytes()) {
            finishBootstrap(document.source(), out);
        }
    }

    /** The bootstrap's timeout; nothing is left to do where enough text came before it. */
    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Tokenized> out) throws Exception {
        if (vocabulary.value() == null) {
            finishBootstrap(context.getCurrentKey(), out);
        }
    }

    private void finishBootstrap(SourceId source, Collector<Tokenized> out) throws Exception {
        List<Document> documents = new ArrayList<>();
        bootstrap.get().forEach(documents::add);
        VocabularyTrainer trainer = new VocabularyTrainer(settings.vocabulary().maxPieces());
        for (Document document : documents) {
            if (!settings.holdOut().holds(utf8(document))) {
                trainer.add(document.text());
            }
        }
        adopt(source, trainer.train(), out);
        bootstrap.clear();
        bootstrapBytes.clear();
        for (Document document : documents) {
            tokenize(document, out);
        }
    }

    private void adopt(SourceId source, byte[] model, Collector<Tokenized> out) throws Exception {
        vocabulary.update(model);
        Tokenizer tokenizer = tokenizer(source);
        training.update(Packing.start(tokenizer.endOfText()));
        heldOut.update(Packing.start(tokenizer.endOfText()));
        heldOutRows.update(0);
        out.collect(new Tokenized.Vocabulary(source, model));
        LOG.info("Source {} has a vocabulary of {} pieces", source, tokenizer.size());
    }

    private void tokenize(Document document, Collector<Tokenized> out) throws Exception {
        SourceId source = document.source();
        Tokenizer tokenizer = tokenizer(source);
        byte[] utf8 = utf8(document);
        boolean holds = settings.holdOut().holds(utf8);
        if (holds && heldOutRows.value() >= settings.holdOut().maxRows()) {
            return;
        }
        // Held-out rows go out one by one, so that a small source is evaluated too.
        int rows = holds ? 1 : settings.batchRows();
        ValueState<Packing> state = holds ? heldOut : training;
        List<TokenBlocks> full = new ArrayList<>();
        state.update(state.value()
                .append(
                        tokenizer.encode(document.text()),
                        tokenizer.endOfText(),
                        utf8.length,
                        rows,
                        settings.shape().sequenceLength(),
                        full));
        if (holds) {
            int room = settings.holdOut().maxRows() - heldOutRows.value();
            full = full.subList(0, Math.min(room, full.size()));
            heldOutRows.update(heldOutRows.value() + full.size());
        }
        for (TokenBlocks blocks : full) {
            out.collect(holds ? new Tokenized.HeldOut(source, blocks) : new Tokenized.Batch(source, blocks));
        }
    }

    private Tokenizer tokenizer(SourceId source) throws Exception {
        Tokenizer known = tokenizers.get(source);
        if (known == null) {
            known = Tokenizer.load(vocabulary.value());
            tokenizers.put(source, known);
        }
        return known;
    }

    private static byte[] utf8(Document document) {
        return document.text().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (tokenizers != null) {
            tokenizers.values().forEach(Tokenizer::close);
        }
    }
}
