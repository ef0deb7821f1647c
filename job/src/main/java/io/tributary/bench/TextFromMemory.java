package io.tributary.bench;

import io.tributary.corpus.Corpus;
import io.tributary.record.Document;
import io.tributary.record.Incoming;
import io.tributary.record.Origin;
import io.tributary.record.SourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.connector.datagen.source.GeneratorFunction;

/** The documents of all sources in turns, again and again; notes when the first was asked for. */
final class TextFromMemory implements GeneratorFunction<Long, Incoming> {
    private static final long serialVersionUID = 1;
    /** Flink works on a copy of this object, so the class is all that the copy has in common with it. */
    private static final AtomicLong STARTED_NANOS = new AtomicLong();

    private final ArrayList<SourceId> sources = new ArrayList<>();
    private final ArrayList<String> texts = new ArrayList<>();

    TextFromMemory(List<Corpus> corpora, Map<String, SourceId> ids) {
        int longest = corpora.stream()
                .mapToInt(corpus -> corpus.documents().size())
                .max()
                .orElseThrow(() -> new IllegalArgumentException("There is no text to tokenize"));
        for (int i = 0; i < longest; i++) {
            for (Corpus corpus : corpora) {
                SourceId id = ids.get(corpus.name());
                if (id != null && i < corpus.documents().size()) {
                    sources.add(id);
                    texts.add(corpus.documents().get(i));
                }
            }
        }
    }

    int documents() {
        return texts.size();
    }

    /** When the document with the index 0 was asked for last, by {@link System#nanoTime()}. */
    static long startedNanos() {
        return STARTED_NANOS.get();
    }

    @Override
    public Incoming map(Long index) {
        if (index == 0) {
            STARTED_NANOS.set(System.nanoTime());
        }
        int document = (int) (index % texts.size());
        return new Document(sources.get(document), new Origin("memory", 0, index, 0), texts.get(document));
    }
}
