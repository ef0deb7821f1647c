package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.merge.OuterOptimizer;
import io.tributary.model.AdamW;
import io.tributary.model.LearningRate;
import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import io.tributary.record.Document;
import io.tributary.record.Origin;
import io.tributary.record.SourceId;
import io.tributary.record.SourceIdFormat;
import io.tributary.record.SourceKeys;
import io.tributary.record.Tokenized;
import io.tributary.record.TokenizedFormat;
import io.tributary.record.WireType;
import io.tributary.round.RoundRules;
import io.tributary.vocabulary.Tokenizer;
import io.tributary.vocabulary.VocabularyTrainer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // Flink's harness declares that close() throws any exception
class TokenizeTest {
    private static final SourceId SOURCE = new SourceId("de", 312);
    private static final int T = 8;
    private static final int ROWS = 2;
    private static final long TIMEOUT_MS = 1_000;

    @Test
    void documentsWaitForTheVocabularyAndAreTrainedAfterwardsInTheirOrder() throws Exception {
        List<String> texts = texts(40);
        List<Tokenized> out = new ArrayList<>();
        try (var tokenize = harness(settings(600, Map.of(), 0))) {
            tokenize.open();
            for (String text : texts) {
                tokenize.processElement(document(text), 0);
            }
            out.addAll(tokenize.extractOutputValues());
        }

        assertThat(out.get(0)).isInstanceOf(Tokenized.Vocabulary.class);
        assertThat(decoded(out))
                .isEqualTo(expectedStream(texts, out, decoded(out).size()));
    }

    @Test
    void withTooLittleTextTheTimeoutTrainsTheVocabularyFromWhatThereIs() throws Exception {
        try (var tokenize = harness(settings(1 << 20, Map.of(), 0))) {
            tokenize.open();
            tokenize.setProcessingTime(5);
            texts(20).forEach(text -> process(tokenize, text));
            assertThat(tokenize.extractOutputValues()).isEmpty();

            tokenize.setProcessingTime(5 + TIMEOUT_MS);

            assertThat(tokenize.extractOutputValues().get(0)).isInstanceOf(Tokenized.Vocabulary.class);
            assertThat(tokenize.extractOutputValues()).hasAtLeastOneElementOfType(Tokenized.Batch.class);
        }
    }

    @Test
    void aGivenVocabularyIsUsedAsItIsFromTheFirstDocument() throws Exception {
        VocabularyTrainer trainer = new VocabularyTrainer(300);
        trainer.add("other text, of which this vocabulary was made");
        byte[] given = trainer.train();
        try (var tokenize = harness(settings(1 << 20, Map.of("de", given), 0))) {
            tokenize.open();
            process(tokenize, "one document that is long enough to fill a batch at once");

            assertThat(((Tokenized.Vocabulary) tokenize.extractOutputValues().get(0)).model())
                    .isEqualTo(given);
            assertThat(tokenize.extractOutputValues()).hasAtLeastOneElementOfType(Tokenized.Batch.class);
        }
    }

    @Test
    void whatIsHeldOutIsNeverTrained() throws Exception {
        List<String> texts = texts(400);
        List<Tokenized> out = new ArrayList<>();
        TrainingSettings settings = settings(600, Map.of(), 0.2);
        try (var tokenize = harness(settings)) {
            tokenize.open();
            texts.forEach(text -> process(tokenize, text));
            out.addAll(tokenize.extractOutputValues());
        }

        assertThat(out)
                .filteredOn(Tokenized.HeldOut.class::isInstance)
                .hasSize(settings.holdOut().maxRows());
        List<String> trained = texts.stream()
                .filter(text -> !settings.holdOut().holds(text.getBytes(StandardCharsets.UTF_8)))
                .toList();
        assertThat(trained).hasSizeLessThan(texts.size());
        assertThat(decoded(out))
                .isEqualTo(expectedStream(trained, out, decoded(out).size()));
    }

    @Test
    void aRestoreInTheMiddleOfTheBootstrapLosesNothing() throws Exception {
        List<String> texts = texts(60);
        List<Tokenized> unbroken = new ArrayList<>();
        try (var tokenize = harness(settings(1500, Map.of(), 0))) {
            tokenize.open();
            texts.forEach(text -> process(tokenize, text));
            unbroken.addAll(tokenize.extractOutputValues());
        }

        List<Tokenized> broken = new ArrayList<>();
        OperatorSubtaskState state;
        for (int at : new int[] {10, 50}) {
            broken.clear();
            try (var tokenize = harness(settings(1500, Map.of(), 0))) {
                tokenize.open();
                texts.subList(0, at).forEach(text -> process(tokenize, text));
                broken.addAll(tokenize.extractOutputValues());
                state = tokenize.snapshot(1, 1);
            }
            try (var tokenize = harness(settings(1500, Map.of(), 0))) {
                tokenize.initializeState(state);
                tokenize.open();
                texts.subList(at, texts.size()).forEach(text -> process(tokenize, text));
                broken.addAll(tokenize.extractOutputValues());
            }

            assertThat(broken).usingRecursiveComparison().isEqualTo(unbroken);
        }
    }

    /** The targets of all batches, in order. */
    private static List<Integer> decoded(List<Tokenized> out) {
        List<Integer> targets = new ArrayList<>();
        for (Tokenized record : out) {
            if (record instanceof Tokenized.Batch batch) {
                int[] tokensBT1 = batch.blocks().tokensBT1();
                IntStream.range(0, tokensBT1.length)
                        .filter(i -> i % (T + 1) != 0)
                        .forEach(i -> targets.add(tokensBT1[i]));
            }
        }
        return targets;
    }

    private static List<Integer> expectedStream(List<String> texts, List<Tokenized> out, int length) {
        List<Integer> stream = new ArrayList<>();
        try (Tokenizer tokenizer = Tokenizer.load(((Tokenized.Vocabulary) out.get(0)).model())) {
            for (String text : texts) {
                IntStream.of(tokenizer.encode(text)).forEach(stream::add);
                stream.add(tokenizer.endOfText());
            }
        }
        assertThat(stream.size() - length).as("tokens that wait for a batch").isBetween(0, ROWS * T);
        return stream.subList(0, length);
    }

    private static List<String> texts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "Satz Nummer " + i + " handelt von " + (i * i % 17) + " Flüssen und 河流 " + i % 5)
                .toList();
    }

    private static void process(
            KeyedOneInputStreamOperatorTestHarness<SourceId, Document, Tokenized> tokenize, String text) {
        try {
            tokenize.processElement(document(text), 0);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static Document document(String text) {
        return new Document(SOURCE, new Origin("corpus.de", 0, 0, 0), text);
    }

    private static KeyedOneInputStreamOperatorTestHarness<SourceId, Document, Tokenized> harness(
            TrainingSettings settings) throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<SourceId, Document, Tokenized>(
                new KeyedProcessOperator<>(new Tokenize(settings)),
                Document::source,
                new WireType<>(new SourceIdFormat()),
                SourceKeys.MAX_PARALLELISM,
                1,
                0);
        harness.setup(new WireType<>(new TokenizedFormat()).serializer());
        return harness;
    }

    private static TrainingSettings settings(long bootstrapBytes, Map<String, byte[]> given, double heldOut) {
        return new TrainingSettings(
                1,
                new ModelShape(1, 8, 1, T),
                Precision.FP32,
                AdamW.defaults(),
                LearningRate.constant(1e-3, 1),
                ROWS,
                new RoundRules(2, 1000, 10),
                new OuterOptimizer.Averaging(),
                100,
                new VocabularySettings(300, bootstrapBytes, TIMEOUT_MS, given),
                new HoldOut(heldOut, 6),
                1,
                1 << 20,
                List.of(SOURCE));
    }
}
