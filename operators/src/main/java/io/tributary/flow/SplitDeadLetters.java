package io.tributary.flow;

import io.tributary.record.DeadLetter;
import io.tributary.record.Document;
import io.tributary.record.Ingested;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Sends what cannot train to {@link Outputs#DEAD_LETTERS}, and documents on; counts both. */
public final class SplitDeadLetters extends ProcessFunction<Ingested, Document> {
    private static final long serialVersionUID = 1;

    private transient Counter documents;
    private transient Counter deadLetters;

    @SuppressWarnings("NullAway.Init") // Flink calls open() first
    public SplitDeadLetters() {}

    @Override
    public void open(OpenContext context) {
        MetricGroup metrics = getRuntimeContext().getMetricGroup().addGroup("tributary");
        documents = metrics.counter("documents");
        deadLetters = metrics.counter("dead_letters");
    }

    @Override
    public void processElement(Ingested ingested, Context context, Collector<Document> out) {
        if (ingested instanceof Document document) {
            documents.inc();
            out.collect(document);
        } else if (ingested instanceof DeadLetter letter) {
            deadLetters.inc();
            context.output(Outputs.DEAD_LETTERS, letter);
        }
    }
}
