package io.tributary.flow;

import io.tributary.record.SourceId;
import io.tributary.record.Tokenized;
import io.tributary.vocabulary.HeldPieces;
import io.tributary.vocabulary.PieceSplitter;
import io.tributary.vocabulary.SentencePieceModel;
import io.tributary.vocabulary.Tokenizer;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;

/**
 * The vocabulary that the current source is written in, in keyed state, and what was loaded from it. Where a source
 * holds only some pieces ({@link io.tributary.record.Variant#byRows}), ids are its own; else they are the model's.
 */
final class SourceVocabulary implements AutoCloseable {
    private final boolean byRows;
    private final ValueState<byte[]> model;
    private final ValueState<int[]> held;
    private final ValueState<int[]> wanted;
    private final Map<SourceId, Loaded> loaded = new HashMap<>();
    /** By the bytes of the model: sources with one vocabulary share what is loaded from it. */
    private final Map<ByteBuffer, Tokenizer> tokenizers = new HashMap<>();

    private final Map<ByteBuffer, PieceSplitter> splitters = new HashMap<>();

    /** @param pieces empty where the source holds all */
    private record Loaded(Tokenizer tokenizer, Optional<HeldPieces> pieces) {}

    /** @param byRows whether a source holds only the pieces that its text has shown */
    SourceVocabulary(boolean byRows, RuntimeContext runtime) {
        this.byRows = byRows;
        var ints = PrimitiveArrayTypeInfo.INT_PRIMITIVE_ARRAY_TYPE_INFO;
        model = runtime.getState(
                new ValueStateDescriptor<>("vocabulary", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
        held = runtime.getState(new ValueStateDescriptor<>("held-pieces", ints));
        wanted = runtime.getState(new ValueStateDescriptor<>("wanted-pieces", ints));
    }

    boolean isKnown() throws Exception {
        return model.value() != null;
    }

    /** Writes the source in this model from now on, holding the pieces of its first text. */
    Tokenized.Vocabulary adopt(SourceId source, byte[] adopted, List<String> firstText) throws Exception {
        model.update(adopted);
        if (!byRows) {
            return new Tokenized.Vocabulary(source, adopted, new int[0]);
        }
        HeldPieces pieces = HeldPieces.start(splitter(adopted));
        Tokenizer tokenizer = tokenizer(adopted);
        firstText.forEach(text -> pieces.want(tokenizer.encode(text)));
        pieces.grow();
        held.update(pieces.held());
        wanted.update(pieces.wanted());
        loaded.put(source, new Loaded(tokenizer, Optional.of(pieces)));
        return new Tokenized.Vocabulary(source, adopted, pieces.held());
    }

    /** Pieces that the model has. */
    int size(SourceId source) throws Exception {
        return loaded(source).tokenizer().size();
    }

    int endOfText(SourceId source) throws Exception {
        Loaded now = loaded(source);
        int id = now.tokenizer().endOfText();
        return now.pieces().map(pieces -> pieces.ownId(id)).orElse(id);
    }

    /** @param remember whether pieces that the source does not hold are wanted at its next growth */
    int[] encode(SourceId source, String text, boolean remember) throws Exception {
        Loaded now = loaded(source);
        int[] ids = now.tokenizer().encode(text);
        if (now.pieces().isEmpty()) {
            return ids;
        }
        HeldPieces pieces = now.pieces().get();
        if (remember && pieces.want(ids)) {
            wanted.update(pieces.wanted());
        }
        return pieces.encode(ids);
    }

    /** From now on the source holds the wanted pieces, of which it gives the model's ids; none where it holds all. */
    int[] grow(SourceId source) throws Exception {
        Optional<HeldPieces> pieces = loaded(source).pieces();
        int[] grown = pieces.map(HeldPieces::grow).orElse(new int[0]);
        if (grown.length > 0) {
            held.update(pieces.orElseThrow().held());
            wanted.update(new int[0]);
        }
        return grown;
    }

    private Loaded loaded(SourceId source) throws Exception {
        Loaded known = loaded.get(source);
        if (known == null) {
            byte[] bytes = model.value();
            Optional<HeldPieces> pieces = byRows
                    ? Optional.of(HeldPieces.restore(splitter(bytes), held.value(), wanted.value()))
                    : Optional.empty();
            known = new Loaded(tokenizer(bytes), pieces);
            loaded.put(source, known);
        }
        return known;
    }

    private Tokenizer tokenizer(byte[] bytes) {
        return tokenizers.computeIfAbsent(ByteBuffer.wrap(bytes), key -> Tokenizer.load(bytes));
    }

    private PieceSplitter splitter(byte[] bytes) {
        return splitters.computeIfAbsent(
                ByteBuffer.wrap(bytes), key -> new PieceSplitter(SentencePieceModel.read(bytes)));
    }

    @Override
    public void close() {
        tokenizers.values().forEach(Tokenizer::close);
    }
}
