package io.tributary.bench;

import io.tributary.corpus.Corpus;
import io.tributary.embedded.EmbeddedFlink;
import io.tributary.flow.HoldOut;
import io.tributary.flow.Tokenize;
import io.tributary.flow.TrainingSettings;
import io.tributary.flow.VocabularySettings;
import io.tributary.job.TrainingJob;
import io.tributary.merge.Merging;
import io.tributary.model.AdamW;
import io.tributary.model.LearningRate;
import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import io.tributary.record.Incoming;
import io.tributary.record.IncomingFormat;
import io.tributary.record.SourceId;
import io.tributary.record.SourceIdFormat;
import io.tributary.record.SourceKeys;
import io.tributary.record.TokenizedFormat;
import io.tributary.record.Variant;
import io.tributary.record.WireType;
import io.tributary.round.RoundRules;
import io.tributary.vocabulary.Tokenizer;
import io.tributary.vocabulary.VocabularyTrainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Text to batches of tokens, as a job of one subtask: documents from memory, over the network stack by source, into
 * Tokenize, and no further. Beside it the tokenizer alone on the same text, which is the limit.
 *
 * @param corpora the text; each source has a vocabulary of its own, trained from it
 * @param pieces of each vocabulary, at most
 * @param passes over the text in a turn
 */
public record TokenizeBench(List<Corpus> corpora, int pieces, int passes, int repeats) {
    /** Bytes of text that a core should tokenize in a second. */
    private static final double TARGET = 5e6;

    private static final double MEGA = 1e6;
    /** As by default in a job, but of the demo's sources no one has so much. */
    private static final long VOCABULARY_BYTES = 4_000_000;

    public TokenizeBench {
        corpora = List.copyOf(corpora);
        if (corpora.isEmpty() || pieces < VocabularyTrainer.MIN_PIECES || passes < 1 || repeats < 1) {
            throw new IllegalArgumentException(
                    "Text, %d pieces, a pass and a repeat are needed at least, not %d corpora, %d, %d and %d"
                            .formatted(VocabularyTrainer.MIN_PIECES, corpora.size(), pieces, passes, repeats));
        }
    }

    /**
     * Measures.
     *
     * @param folder for what Flink writes while it runs
     */
    public BenchRun run(Path folder) throws IOException, InterruptedException {
        Map<String, byte[]> vocabularies = new LinkedHashMap<>();
        corpora.forEach(corpus -> vocabularies.put(corpus.name(), vocabulary(corpus)));
        List<Double> bare = new ArrayList<>();
        List<Double> inJob = new ArrayList<>();
        double bytes =
                (double) passes * corpora.stream().mapToLong(Corpus::bytes).sum();
        long tokens = 0;
        try (EmbeddedFlink flink = EmbeddedFlink.start(1, 0, folder)) {
            for (int repeat = -1; repeat < repeats; repeat++) {
                long before = System.nanoTime();
                tokens = encode(vocabularies);
                double alone = bytes / ((System.nanoTime() - before) / 1e9);
                double job = bytes / secondsOfJob(flink, vocabularies);
                // The turn before the first is for warming up.
                if (repeat >= 0) {
                    bare.add(alone);
                    inJob.add(job);
                }
            }
        }
        return report(new Samples(bare), new Samples(inJob), bytes, bytes / tokens);
    }

    private byte[] vocabulary(Corpus corpus) {
        VocabularyTrainer trainer = new VocabularyTrainer(pieces);
        long bytes = 0;
        for (String document : corpus.documents()) {
            if (bytes < VOCABULARY_BYTES) {
                trainer.add(document);
                bytes += document.length();
            }
        }
        return trainer.train();
    }

    /** Encodes all text and gives the number of its tokens. */
    private long encode(Map<String, byte[]> vocabularies) {
        long tokens = 0;
        for (Corpus corpus : corpora) {
            try (Tokenizer tokenizer = Tokenizer.load(vocabularies.getOrDefault(corpus.name(), new byte[0]))) {
                for (int pass = 0; pass < passes; pass++) {
                    for (String document : corpus.documents()) {
                        tokens += tokenizer.encode(document).length;
                    }
                }
            }
        }
        return tokens;
    }

    /** From the moment in which the first document is asked for until the job has ended. */
    private double secondsOfJob(EmbeddedFlink flink, Map<String, byte[]> vocabularies)
            throws IOException, InterruptedException {
        Map<String, SourceId> ids =
                SourceKeys.of(corpora.stream().map(Corpus::name).toList());
        TextFromMemory text = new TextFromMemory(corpora, ids);
        WireType<Incoming> incoming = new WireType<>(new IncomingFormat());
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.configure(TrainingJob.requiredSettings());
        environment.setParallelism(1);
        environment
                .fromSource(
                        new DataGeneratorSource<>(text, (long) passes * text.documents(), incoming),
                        WatermarkStrategy.noWatermarks(),
                        "memory")
                .uid("memory")
                .keyBy(Incoming::source, new WireType<>(new SourceIdFormat()))
                .process(new Tokenize(settings(ids, vocabularies)), new WireType<>(new TokenizedFormat()))
                .uid("tokenize")
                .name("tokenize")
                .sinkTo(new DiscardingSink<>())
                .uid("nowhere");
        try {
            flink.submit(environment.getStreamGraph()).getJobExecutionResult().get();
            return (System.nanoTime() - TextFromMemory.startedNanos()) / 1e9;
        } catch (ExecutionException e) {
            throw new IOException("The job that tokenizes failed: " + e.getCause(), e);
        }
    }

    private TrainingSettings settings(Map<String, SourceId> ids, Map<String, byte[]> vocabularies) {
        return new TrainingSettings(
                1,
                new ModelShape(1, 64, 1, 256),
                Precision.FP32,
                AdamW.defaults(),
                LearningRate.constant(1e-3, 1),
                8,
                new RoundRules(100, 60_000, 1),
                Merging.averaging(Variant.SPEC, 1 << 18),
                new VocabularySettings(pieces, VOCABULARY_BYTES, 60_000, vocabularies),
                // All is tokenized: what is held out beyond its rows is not.
                new HoldOut(0, 1),
                1,
                1 << 24,
                List.copyOf(ids.values()),
                Map.of());
    }

    private BenchRun report(Samples bare, Samples inJob, double bytes, double bytesPerToken) {
        List<Figure> figures = List.of(
                new Figure("tokenize.megabytesPerSecond", "Tokenize in a job, MB/s", inJob.map(each -> each / MEGA)),
                new Figure("tokenize.shareOfTarget", "over the target of 5 MB/s", inJob.map(each -> each / TARGET)),
                new Figure("tokenize.shareOfBare", "over the tokenizer alone", inJob.over(bare)),
                new Figure("limit.bare", "the tokenizer alone, MB/s", bare.map(each -> each / MEGA)));
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("sources", corpora.size());
        settings.put("pieces", pieces);
        settings.put("megabytes", bytes / MEGA);
        settings.put("bytesPerToken", bytesPerToken);
        settings.put("repeats", repeats);
        settings.put("subtasks", 1);
        return new BenchRun(
                "%d sources, up to %,d pieces each, %.1f MB a turn, %.2f bytes a token, one subtask"
                        .formatted(corpora.size(), pieces, bytes / MEGA, bytesPerToken),
                settings,
                figures,
                List.of("The source has a thread of its own, as in a job; the end of the job is within its time."));
    }
}
