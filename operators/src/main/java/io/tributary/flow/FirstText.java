package io.tributary.flow;

import io.tributary.record.Document;
import io.tributary.record.Incoming;
import io.tributary.record.SourceId;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Passes on the first text of each source, which the vocabulary of all sources is trained from: documents that are not
 * held out, until there are enough bytes of them or the timeout has passed since the first.
 */
public final class FirstText extends KeyedProcessFunction<SourceId, Incoming, BootstrapText> {
    private static final long serialVersionUID = 1;

    private final TrainingSettings settings;

    private transient Patience patience;

    /** UTF-8 bytes passed on; absent before the first document. */
    private transient ValueState<Long> bytes;

    private transient ValueState<Boolean> ended;

    @SuppressWarnings("NullAway.Init") // Flink calls open() first
    public FirstText(TrainingSettings settings) {
        this.settings = settings;
    }

    @Override
    public void open(OpenContext context) {
        patience = new Patience(settings.vocabulary().bootstrapTimeoutMs());
        bytes = getRuntimeContext().getState(new ValueStateDescriptor<>("first-text-bytes", Types.LONG));
        ended = getRuntimeContext().getState(new ValueStateDescriptor<>("first-text-ended", Types.BOOLEAN));
    }

    @Override
    public void processElement(Incoming record, Context context, Collector<BootstrapText> out) throws Exception {
        if (record instanceof Document document && ended.value() == null) {
            take(document, context, out);
        }
    }

    private void take(Document document, Context context, Collector<BootstrapText> out) throws Exception {
        byte[] utf8 = document.text().getBytes(StandardCharsets.UTF_8);
        if (settings.holdOut().holds(utf8)) {
            return;
        }
        Long before = bytes.value();
        if (before == null) {
            patience.begin(context.timerService());
        }
        long now = (before == null ? 0 : before) + utf8.length;
        bytes.update(now);
        out.collect(new BootstrapText.Text(document.source(), document.text()));
        if (now >= settings.vocabulary().bootstrapBytes()) {
            end(document.source(), out);
        }
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<BootstrapText> out) throws Exception {
        if (ended.value() == null && patience.isOver(timestamp, context.timerService())) {
            end(context.getCurrentKey(), out);
        }
    }

    private void end(SourceId source, Collector<BootstrapText> out) throws Exception {
        ended.update(true);
        out.collect(new BootstrapText.End(source));
    }
}
