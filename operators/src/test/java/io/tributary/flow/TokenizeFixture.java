package io.tributary.flow;

import io.tributary.merge.Merging;
import io.tributary.model.AdamW;
import io.tributary.model.LearningRate;
import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import io.tributary.record.Document;
import io.tributary.record.Incoming;
import io.tributary.record.Origin;
import io.tributary.record.SourceId;
import io.tributary.record.SourceIdFormat;
import io.tributary.record.SourceKeys;
import io.tributary.record.Tokenized;
import io.tributary.record.TokenizedFormat;
import io.tributary.record.Variant;
import io.tributary.record.WireType;
import io.tributary.round.RoundRules;
import io.tributary.round.Sampling;
import io.tributary.vocabulary.SentencePieceModel;
import io.tributary.vocabulary.SentencePieceModel.Algorithm;
import io.tributary.vocabulary.SentencePieceModel.Piece;
import io.tributary.vocabulary.SentencePieceModel.PieceType;
import io.tributary.vocabulary.VocabularyTrainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator;
import org.apache.flink.streaming.util.KeyedBroadcastOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;

/** Settings, texts, models and harnesses for the tests of what tokenizes. */
@SuppressWarnings("try") // Flink's harness declares that close() throws any exception
record TokenizeFixture(Variant variant, VocabularySettings vocabulary, double heldOut, Map<String, Integer> lengths) {
    static final SourceId GERMAN = new SourceId("de", 312);
    static final SourceId CHINESE = new SourceId("zh", 7);
    static final int T = 8;
    static final int ROWS = 2;
    /** N_local. */
    static final int STEPS = 3;

    static final int CHINESE_STEPS = 2;
    static final long TIMEOUT_MS = 1_000;
    /** So few that a source which waits for a model is soon satisfied. */
    private static final long QUEUE_BYTES = 1_000;

    static final int HELD_OUT_ROWS = 6;

    static TokenizeFixture of(Variant variant, long bootstrapBytes) {
        return new TokenizeFixture(
                variant, new VocabularySettings(300, bootstrapBytes, TIMEOUT_MS, Map.of()), 0, Map.of());
    }

    static TokenizeFixture ofSizes(Map<String, Integer> maxPieces, long bootstrapBytes) {
        return new TokenizeFixture(
                Variant.SPEC,
                new VocabularySettings(300, maxPieces, bootstrapBytes, TIMEOUT_MS, Map.of(), Optional.empty()),
                0,
                Map.of());
    }

    TokenizeFixture given(byte[] model) {
        return withVocabulary(Map.of(GERMAN.name(), model), Optional.empty());
    }

    TokenizeFixture global(byte[] model) {
        return withVocabulary(vocabulary.given(), Optional.of(model));
    }

    TokenizeFixture heldOut(double share) {
        return new TokenizeFixture(variant, vocabulary, share, lengths);
    }

    TokenizeFixture sequenceLength(SourceId source, int length) {
        return new TokenizeFixture(variant, vocabulary, heldOut, Map.of(source.name(), length));
    }

    private TokenizeFixture withVocabulary(Map<String, byte[]> given, Optional<byte[]> global) {
        return new TokenizeFixture(variant, vocabulary.with(given, global), heldOut, lengths);
    }

    TrainingSettings settings() {
        return new TrainingSettings(
                1,
                new ModelShape(1, 8, 1, T),
                Precision.FP32,
                AdamW.defaults(),
                LearningRate.constant(1e-3, 1),
                ROWS,
                new RoundRules(STEPS, 1000, 10, Sampling.everyone(), Map.of(CHINESE, CHINESE_STEPS)),
                Merging.averaging(variant, 100),
                vocabulary,
                new HoldOut(heldOut, HELD_OUT_ROWS),
                1,
                QUEUE_BYTES,
                List.of(GERMAN, CHINESE),
                lengths);
    }

    static Document german(String text) {
        return new Document(GERMAN, new Origin("corpus.de", 0, 0, 0), text);
    }

    static Document chinese(String text) {
        return new Document(CHINESE, new Origin("corpus.zh", 0, 0, 0), text);
    }

    /** Documents that bring new words now and then. */
    static List<Document> germans(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> german("Satz Nummer " + i + " handelt von " + (i * i % 17) + " Flüssen im "
                        + Character.getName(0x100 + i).toLowerCase(Locale.ROOT) + " und 河流 " + i % 5))
                .toList();
    }

    static List<Document> chineses(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> chinese("第" + i + "条河流 " + Character.toString(0x4E00 + 7 * i) + "水 🌊"))
                .toList();
    }

    /** A BPE model of both sources' texts. */
    static byte[] model(int pieces) {
        VocabularyTrainer trainer = new VocabularyTrainer(pieces);
        germans(100).forEach(document -> trainer.add(document.text()));
        chineses(100).forEach(document -> trainer.add(document.text()));
        return trainer.train();
    }

    /** The pieces of that model with a log probability each; those that every source holds come last. */
    static byte[] unigramModel(int pieces) {
        List<Piece> all = SentencePieceModel.read(model(pieces)).pieces();
        List<Piece> scored = new ArrayList<>();
        all.stream()
                .filter(piece -> piece.type() == PieceType.NORMAL)
                .forEach(piece -> scored.add(new Piece(piece.text(), -4 + piece.score() / 100, piece.type())));
        int end = all.size() - 1;
        all.stream()
                .filter(piece ->
                        piece.type() != PieceType.NORMAL && !piece.text().equals("</s>"))
                .forEach(scored::add);
        scored.add(new Piece("</s>", 0, PieceType.CONTROL));
        int unknown = scored.indexOf(new Piece("<unk>", 0, PieceType.UNKNOWN));
        return new SentencePieceModel(Algorithm.UNIGRAM, scored, unknown, -1, end, true, true).toBytes();
    }

    KeyedOneInputStreamOperatorTestHarness<SourceId, Incoming, Tokenized> tokenize() throws Exception {
        var harness = new KeyedOneInputStreamOperatorTestHarness<SourceId, Incoming, Tokenized>(
                new KeyedProcessOperator<>(new Tokenize(settings())),
                Incoming::source,
                new WireType<>(new SourceIdFormat()),
                SourceKeys.MAX_PARALLELISM,
                1,
                0);
        harness.setup(new WireType<>(new TokenizedFormat()).serializer());
        return harness;
    }

    KeyedBroadcastOperatorTestHarness<SourceId, Incoming, byte[], Tokenized> tokenizeGlobally() throws Exception {
        var harness = new KeyedBroadcastOperatorTestHarness<SourceId, Incoming, byte[], Tokenized>(
                new CoBroadcastWithKeyedOperator<>(new TokenizeGlobally(settings()), List.of(TokenizeGlobally.MODEL)),
                Incoming::source,
                new WireType<>(new SourceIdFormat()),
                SourceKeys.MAX_PARALLELISM,
                1,
                0);
        harness.setup(new WireType<>(new TokenizedFormat()).serializer());
        return harness;
    }

    /** All that comes of these documents, without a break. */
    List<Tokenized> tokenized(List<Document> documents) throws Exception {
        try (var tokenize = tokenize()) {
            tokenize.open();
            for (Document document : documents) {
                tokenize.processElement(document, 0);
            }
            return tokenize.extractOutputValues();
        }
    }
}
