package io.tributary.flow;

import io.tributary.record.Control;
import io.tributary.record.DeadLetter;
import io.tributary.record.Document;
import io.tributary.record.Downstream;
import io.tributary.record.Incoming;
import io.tributary.record.Ingested;
import io.tributary.record.SourceId;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what cannot train to {@link Outputs#DEAD_LETTERS}, and documents on; counts both. Of a dead letter its source is
 * told, for the ledger. Orders to a source go on in its stream, those to hold the job to {@link Outputs#HOLDS}.
 */
public final class SplitDeadLetters extends ProcessFunction<Ingested, Incoming> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(SplitDeadLetters.class);

    private transient Counter documents;
    private transient Counter deadLetters;
    private transient Map<SourceId, Counter> documentsOf;
    private transient Map<SourceId, Counter> deadLettersOf;

    @SuppressWarnings("NullAway.Init") // Flink calls open() first
    public SplitDeadLetters() {}

    @Override
    public void open(OpenContext context) {
        documents = Metric.DOCUMENTS.count(metrics());
        deadLetters = Metric.DEAD_LETTERS.count(metrics());
        documentsOf = new HashMap<>();
        deadLettersOf = new HashMap<>();
    }

    private MetricGroup metrics() {
        return getRuntimeContext().getMetricGroup();
    }

    @Override
    public void processElement(Ingested ingested, Context context, Collector<Incoming> out) {
        if (ingested instanceof Document document) {
            documents.inc();
            documentsOf
                    .computeIfAbsent(document.source(), source -> Metric.SOURCE_DOCUMENTS.count(metrics(), source))
                    .inc();
            out.collect(document);
        } else if (ingested instanceof DeadLetter letter) {
            deadLetters.inc();
            context.output(Outputs.DEAD_LETTERS, letter);
            long bytes = letter.value().map(value -> value.length).orElse(0);
            letter.source().ifPresent(source -> {
                deadLettersOf
                        .computeIfAbsent(source, of -> Metric.SOURCE_DEAD_LETTERS.count(metrics(), of))
                        .inc();
                out.collect(new Incoming.Rejected(source, bytes));
            });
        } else if (ingested instanceof Control control) {
            obey(control, context, out);
        }
    }

    private void obey(Control control, Context context, Collector<Incoming> out) {
        String job = getRuntimeContext().getJobInfo().getJobId().toHexString();
        if (!control.job().isEmpty() && !control.job().equals(job)) {
            LOG.info("Ignored, as it is meant for another job: {}", control);
        } else if (control instanceof Control.Place place) {
            LOG.info("Source {} is {} from now on", place.source(), place.standing());
            out.collect(new Incoming.Placed(place.source(), place.standing()));
        } else if (control instanceof Control.Hold hold) {
            LOG.info(hold.held() ? "Held: no new round begins" : "Held no more");
            context.output(Outputs.HOLDS, new Downstream.Hold(hold.held()));
        }
    }
}
