package io.tributary.flow;

import io.tributary.record.Downstream;
import io.tributary.record.Incoming;
import io.tributary.record.SourceId;
import io.tributary.record.Tokenized;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Documents to blocks of tokens in a vocabulary of all sources, which {@link GlobalVocabulary} trains and which arrives
 * on a broadcast stream ({@link #MODEL}). Until then every source keeps its documents; what they become does not depend
 * on when it arrives.
 */
public final class TokenizeGlobally extends KeyedBroadcastProcessFunction<SourceId, Incoming, byte[], Tokenized> {
    private static final long serialVersionUID = 1;

    /** The broadcast state that holds the model; the stream of the model is broadcast with it. */
    public static final MapStateDescriptor<Integer, byte[]> MODEL = new MapStateDescriptor<>(
            "global-vocabulary", Types.INT, PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO);

    private static final int ONLY = 0;

    private final TrainingSettings settings;

    private transient @Nullable Tokenizing tokenizing;
    private transient @Nullable Appetites appetites;

    /** Throws IllegalArgumentException if the variant has no vocabulary of all sources, or one is given. */
    public TokenizeGlobally(TrainingSettings settings) {
        if (!settings.merging().variant().globalVocabulary()
                || settings.vocabulary().global().isPresent()) {
            throw new IllegalArgumentException(
                    "TokenizeGlobally waits for a trained vocabulary of all sources, but %s has %s: use Tokenize"
                            .formatted(
                                    settings.merging().variant(),
                                    settings.vocabulary().global().isPresent() ? "a given one" : "one per source"));
        }
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        tokenizing = new Tokenizing(settings, getRuntimeContext());
        appetites = new Appetites(
                settings.queueLimitBytes() + 2L * settings.vocabulary().bootstrapBytes());
    }

    @Override
    public void processElement(Incoming record, ReadOnlyContext context, Collector<Tokenized> out) throws Exception {
        tokenizing()
                .accept(
                        record,
                        model(context.getBroadcastState(MODEL)),
                        context.timerService(),
                        letter -> context.output(Outputs.DEAD_LETTERS, letter),
                        out);
        look(record.source(), context::output);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<Tokenized> out) throws Exception {
        tokenizing()
                .onTimer(
                        timestamp,
                        context.getCurrentKey(),
                        context.timerService(),
                        model(context.getBroadcastState(MODEL)),
                        out);
    }

    @Override
    public void processBroadcastElement(byte[] model, Context context, Collector<Tokenized> out) throws Exception {
        var state = context.getBroadcastState(MODEL);
        if (state.contains(ONLY)) {
            return;
        }
        state.put(ONLY, model);
        context.applyToKeyedState(FirstDocuments.BYTES, (source, bytes) -> {
            tokenizing().startIfReady(source, Optional.of(model), out);
            look(source, context::output);
        });
    }

    /**
     * A fast source would fill the heap while a slow one is still awaited, so it is not read on while as much waits as
     * its queue may hold beside the first text.
     */
    private void look(SourceId source, BiConsumer<OutputTag<Downstream>, Downstream> side) throws Exception {
        appetites()
                .look(
                        source,
                        tokenizing().waitingBytes(),
                        true,
                        (id, hungry) ->
                                side.accept(Outputs.ANNOUNCEMENTS, new Downstream.Pace(id.name(), "tokenize", hungry)));
    }

    private static Optional<byte[]> model(ReadOnlyBroadcastState<Integer, byte[]> state) throws Exception {
        return Optional.ofNullable(state.get(ONLY));
    }

    private Appetites appetites() {
        return Objects.requireNonNull(appetites, "Flink calls open() first");
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
