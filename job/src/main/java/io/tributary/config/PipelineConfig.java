package io.tributary.config;

import io.tributary.flow.InitialValues;
import io.tributary.flow.TrainingSettings;
import io.tributary.kafka.CorpusSource;
import io.tributary.kafka.DeadLetterSink;
import io.tributary.kafka.ReportSink;
import io.tributary.kafka.ValueFormat;
import java.util.Map;

/**
 * One pipeline: where text comes from, what is trained, and where results go.
 *
 * @param topicPrefix the topic of a source is this and its name
 * @param formats how a source's records are read, by name; plain text where none is given
 * @param maxDocumentBytes a longer record becomes a dead letter
 * @param initial what a new run begins with; state that it is restored from wins over it
 * @param snapshots a folder on any file system that Flink knows, as a URI
 */
public record PipelineConfig(
        CorpusSource corpus,
        String topicPrefix,
        Map<String, ValueFormat> formats,
        int maxDocumentBytes,
        TrainingSettings training,
        InitialValues initial,
        String snapshots,
        DeadLetterSink deadLetters,
        ReportSink reports) {
    public PipelineConfig {
        formats = Map.copyOf(formats);
        if (snapshots.isBlank()) {
            throw new IllegalArgumentException("Snapshots need a folder");
        }
    }

    /** Every value of a new run is drawn. */
    public PipelineConfig(
            CorpusSource corpus,
            String topicPrefix,
            Map<String, ValueFormat> formats,
            int maxDocumentBytes,
            TrainingSettings training,
            String snapshots,
            DeadLetterSink deadLetters,
            ReportSink reports) {
        this(
                corpus,
                topicPrefix,
                formats,
                maxDocumentBytes,
                training,
                InitialValues.DRAWN,
                snapshots,
                deadLetters,
                reports);
    }
}
