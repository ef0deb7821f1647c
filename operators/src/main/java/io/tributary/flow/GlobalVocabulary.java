package io.tributary.flow;

import io.tributary.record.SourceId;
import io.tributary.record.SourceIdFormat;
import io.tributary.record.WireType;
import io.tributary.vocabulary.VocabularyTrainer;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains the vocabulary of all sources, once: when the first text of every configured source has ended, or when the
 * bootstrap's timeout has passed since the first text of any. Sources found at run time have a say with what they bring
 * before that, and are not awaited. All text comes under one key.
 *
 * <p>The model depends on the texts and not on the order of their arrival, so a run that loses no source to the timeout
 * has the same vocabulary each time.
 */
public final class GlobalVocabulary extends KeyedProcessFunction<Integer, BootstrapText, byte[]> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(GlobalVocabulary.class);

    private final TrainingSettings settings;

    private transient Patience patience;

    private transient ListState<String> texts;
    private transient ListState<SourceId> ended;
    /** Absent before the first record. */
    private transient ValueState<Boolean> trained;

    @SuppressWarnings("NullAway.Init") // Flink calls open() first
    public GlobalVocabulary(TrainingSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        patience = new Patience(settings.vocabulary().bootstrapTimeoutMs());
        var runtime = getRuntimeContext();
        texts = runtime.getListState(new ListStateDescriptor<>("texts", Types.STRING));
        ended = runtime.getListState(new ListStateDescriptor<>("ended-sources", new WireType<>(new SourceIdFormat())));
        trained = runtime.getState(new ValueStateDescriptor<>("trained", Types.BOOLEAN));
    }

    @Override
    public void processElement(BootstrapText record, Context context, Collector<byte[]> out) throws Exception {
        if (trained.value() == null) {
            trained.update(false);
            patience.begin(context.timerService());
        }
        if (trained.value()) {
            return;
        }
        if (record instanceof BootstrapText.Text text) {
            texts.add(text.text());
        } else {
            ended.add(record.source());
            // With no configured source, every end would be the last one.
            if (awaited().isEmpty() && !settings.sources().isEmpty()) {
                train(out);
            }
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<byte[]> out) throws Exception {
        if (!trained.value() && patience.isOver(timestamp, context.timerService())) {
            LOG.warn("The vocabulary of all sources waits no longer for the first text of {}", awaited());
            train(out);
        }
    }

    private Set<SourceId> awaited() throws Exception {
        Set<SourceId> awaited = new TreeSet<>(settings.sources());
        ended.get().forEach(awaited::remove);
        return awaited;
    }

    private void train(Collector<byte[]> out) throws Exception {
        VocabularyTrainer trainer = new VocabularyTrainer(settings.vocabulary().maxPieces());
        long count = 0;
        for (String text : texts.get()) {
            trainer.add(text);
            count++;
        }
        if (count == 0) {
            throw new IllegalStateException(
                    "There is no text to train the vocabulary of all sources from: none of %s brought a document that is not held out within %d ms. Give a vocabulary, or lower the held-out share (now %s)"
                            .formatted(
                                    settings.sources(),
                                    settings.vocabulary().bootstrapTimeoutMs(),
                                    settings.holdOut().share()));
        }
        trained.update(true);
        texts.clear();
        ended.clear();
        out.collect(trainer.train());
        LOG.info("The vocabulary of all sources is trained from {} documents", count);
    }
}
