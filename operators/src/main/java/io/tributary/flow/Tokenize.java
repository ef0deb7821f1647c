package io.tributary.flow;

import io.tributary.record.Incoming;
import io.tributary.record.SourceId;
import io.tributary.record.Tokenized;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Documents to blocks of tokens, per source. A source without a given vocabulary keeps its first documents until there
 * are enough to train one; then they are tokenized, in their order, before all that follows. A source that holds only
 * some pieces of a given vocabulary (TRIM) keeps them too, to know which.
 *
 * <p>For a vocabulary of all sources that is still to be trained, see {@link TokenizeGlobally}.
 */
public final class Tokenize extends KeyedProcessFunction<SourceId, Incoming, Tokenized> {
    private static final long serialVersionUID = 1;

    private final TrainingSettings settings;

    private transient @Nullable Tokenizing tokenizing;

    /** Throws IllegalArgumentException if the variant has a vocabulary of all sources and none is given. */
    public Tokenize(TrainingSettings settings) {
        if (settings.merging().variant().globalVocabulary()
                && settings.vocabulary().global().isEmpty()) {
            throw new IllegalArgumentException(
                    "%s writes all sources in one vocabulary, but none is given: give one, or let TokenizeGlobally wait for a trained one"
                            .formatted(settings.merging().variant()));
        }
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        tokenizing = new Tokenizing(settings, getRuntimeContext());
    }

    @Override
    public void processElement(Incoming record, Context context, Collector<Tokenized> out) throws Exception {
        tokenizing()
                .accept(
                        record,
                        global(),
                        context.timerService(),
                        letter -> context.output(Outputs.DEAD_LETTERS, letter),
                        out);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Tokenized> out) throws Exception {
        tokenizing().onTimer(timestamp, context.getCurrentKey(), context.timerService(), global(), out);
    }

    private Optional<byte[]> global() {
        return settings.vocabulary().global();
    }

    private Tokenizing tokenizing() {
        return Objects.requireNonNull(tokenizing, "Flink calls open() first");
    }

    @Override
    public void close() {
        if (tokenizing != null) {
            tokenizing.close();
        }
    }
}
