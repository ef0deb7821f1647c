package io.tributary.flow;

import io.tributary.record.Document;
import io.tributary.record.DocumentFormat;
import io.tributary.record.WireType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.TimerService;

/**
 * Documents of the current source that wait for its vocabulary, in keyed state. The first of them are its first text,
 * which is complete at a number of bytes or by a timeout; what comes after that waits too, but is not part of it.
 */
final class FirstDocuments {
    /**
     * UTF-8 bytes that were kept and are not held out. They stay when the documents are taken, so that one can walk
     * through the sources by this state while taking their documents.
     */
    static final ValueStateDescriptor<Long> BYTES = new ValueStateDescriptor<>("bootstrap-bytes", Types.LONG);

    private final TrainingSettings settings;
    private final Patience patience;
    private final ListState<Document> documents;
    private final ValueState<Long> bytes;
    /** Documents that the first text ends after; absent until it is complete. */
    private final ValueState<Integer> complete;

    /**
     * What is taken.
     *
     * @param documents all that waited, in their order
     * @param firstText those that belong to the first text
     */
    record Taken(List<Document> documents, List<String> firstText) {}

    FirstDocuments(TrainingSettings settings, RuntimeContext runtime) {
        this.settings = settings;
        patience = new Patience(settings.vocabulary().bootstrapTimeoutMs());
        documents = runtime.getListState(new ListStateDescriptor<>("bootstrap", new WireType<>(new DocumentFormat())));
        bytes = runtime.getState(BYTES);
        complete = runtime.getState(new ValueStateDescriptor<>("bootstrap-complete", Types.INT));
    }

    void keep(Document document, TimerService timers) throws Exception {
        documents.add(document);
        long before = waitingBytes();
        long now = before + (isHeldOut(document) ? 0 : utf8(document).length);
        bytes.update(now);
        if (before == 0 && now > 0) {
            patience.begin(timers);
        }
        if (now >= settings.vocabulary().bootstrapBytes()) {
            complete();
        }
    }

    /** Whether it waits no longer for more, with this timer of the current source. */
    boolean isOver(long timestampMs, TimerService timers) {
        return patience.isOver(timestampMs, timers);
    }

    /** The first text is what there is now; nothing changes if it was complete before. */
    void complete() throws Exception {
        if (!isComplete()) {
            complete.update(all().size());
        }
    }

    boolean isComplete() throws Exception {
        return complete.value() != null;
    }

    /** UTF-8 bytes of the kept documents that are not held out. */
    long waitingBytes() throws Exception {
        Long kept = bytes.value();
        return kept == null ? 0 : kept;
    }

    Taken take() throws Exception {
        List<Document> all = all();
        int first = isComplete() ? complete.value() : all.size();
        List<String> firstText = all.subList(0, first).stream()
                .filter(document -> !isHeldOut(document))
                .map(Document::text)
                .toList();
        documents.clear();
        complete.clear();
        return new Taken(all, firstText);
    }

    private List<Document> all() throws Exception {
        List<Document> all = new ArrayList<>();
        documents.get().forEach(all::add);
        return all;
    }

    private boolean isHeldOut(Document document) {
        return settings.holdOut().holds(utf8(document));
    }

    private static byte[] utf8(Document document) {
        return document.text().getBytes(StandardCharsets.UTF_8);
    }
}
