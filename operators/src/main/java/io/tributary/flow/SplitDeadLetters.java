package io.tributary.flow;

import io.tributary.record.DeadLetter;
import io.tributary.record.Document;
import io.tributary.record.Ingested;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Sends what cannot train to {@link Outputs#DEAD_LETTERS}, and documents on. */
public final class SplitDeadLetters extends ProcessFunction<Ingested, Document> {
    private static final long serialVersionUID = 1;

    @Override
    public void processElement(Ingested ingested, Context context, Collector<Document> out) {
        if (ingested instanceof Document document) {
            out.collect(document);
        } else if (ingested instanceof DeadLetter letter) {
            context.output(Outputs.DEAD_LETTERS, letter);
        }
    }
}
