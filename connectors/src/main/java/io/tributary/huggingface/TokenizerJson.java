package io.tributary.huggingface;

import com.fasterxml.jackson.core.JsonGenerator;
import io.tributary.vocabulary.SentencePieceModel;
import io.tributary.vocabulary.SentencePieceModel.Algorithm;
import io.tributary.vocabulary.SentencePieceModel.Piece;
import io.tributary.vocabulary.SentencePieceModel.PieceType;
import io.tributary.vocabulary.TextNormalization;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * {@code tokenizer.json} of the tokenizers library, which yields the ids that SentencePiece yields with a model. Without
 * this file the transformers library makes one up from {@code tokenizer.model}, and cuts text in other places.
 *
 * <p>The whole text is one word to the library: spaces are U+2581 before it is cut, as in SentencePiece.
 */
final class TokenizerJson {
    private static final String SPACE = String.valueOf(SentencePieceModel.SPACE);

    /** How far below all others a piece lies that text must never become; less than any spelling of its name costs. */
    private static final double OUT_OF_REACH = 1000;

    private final SentencePieceModel model;
    private final TextNormalization normalization;

    /**
     * @param bytes of the {@code .model} file that the model was read from
     * @throws IllegalArgumentException if the library cannot do what the model wants, with what to do
     */
    TokenizerJson(SentencePieceModel model, byte[] bytes) {
        this.model = model;
        this.normalization = TextNormalization.read(bytes);
        requireSupported();
    }

    private void requireSupported() {
        if (model.algorithm() != Algorithm.BPE && model.algorithm() != Algorithm.UNIGRAM) {
            throw unsupported("it is a %s model".formatted(model.algorithm()), "a BPE or a unigram model");
        }
        int unknown = model.unknownId();
        if (unknown < 0 || unknown >= model.pieces().size()) {
            throw unsupported("it has no piece for the unknown", "--unk_id=0, say");
        }
        if (!normalization.escapesSpaces()) {
            throw unsupported("it does not write spaces as U+2581", "--escape_whitespaces=true");
        }
        if (normalization.spaceAsSuffix()) {
            throw unsupported("its words end with their space", "--treat_whitespace_as_suffix=false");
        }
        for (Piece piece : model.pieces()) {
            if (piece.type() == PieceType.USER_DEFINED) {
                // The library would cut at them before it normalises, and begin each part with a space.
                throw unsupported("it has the user-defined piece '%s'".formatted(piece.text()), "none of these");
            }
            if (piece.type() == PieceType.UNUSED) {
                throw unsupported("its piece '%s' is marked unused".formatted(piece.text()), "none of these");
            }
        }
        if (model.algorithm() == Algorithm.BPE) {
            requireCharacters();
        }
    }

    /** The library joins only what has an id; SentencePiece joins any characters. */
    private void requireCharacters() {
        Map<String, Integer> ids = normalIds();
        ids.keySet().stream()
                .flatMapToInt(String::codePoints)
                .mapToObj(Character::toString)
                .filter(character -> !ids.containsKey(character))
                .findFirst()
                .ifPresent(character -> {
                    throw unsupported(
                            "the character '%s' is part of pieces and no piece itself".formatted(character),
                            "a piece for each character");
                });
    }

    private static IllegalArgumentException unsupported(String what, String instead) {
        return new IllegalArgumentException(
                ("No tokenizer.json can say what this vocabulary does: %s. A source whose model is to be exported needs a"
                                + " SentencePiece model with %s")
                        .formatted(what, instead));
    }

    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("version", "1.0");
        json.writeNullField("truncation");
        json.writeNullField("padding");
        writeAddedTokens(json);
        writeNormalizer(json);
        json.writeNullField("pre_tokenizer");
        json.writeNullField("post_processor");
        writeDecoder(json);
        json.writeObjectFieldStart("model");
        if (model.algorithm() == Algorithm.BPE) {
            writeBpe(json);
        } else {
            writeUnigram(json);
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writeAddedTokens(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("added_tokens");
        for (int id = 0; id < model.pieces().size(); id++) {
            Piece piece = model.pieces().get(id);
            if (piece.type() == PieceType.CONTROL || piece.type() == PieceType.UNKNOWN) {
                json.writeStartObject();
                json.writeNumberField("id", id);
                json.writeStringField("content", piece.text());
                for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                    json.writeBooleanField(flag, false);
                }
                json.writeBooleanField("special", true);
                json.writeEndObject();
            }
        }
        json.writeEndArray();
    }

    private void writeNormalizer(JsonGenerator json) throws IOException {
        startSequence(json, "normalizer", "normalizers");
        if (!normalization.keepsCharacters()) {
            json.writeStartObject();
            json.writeStringField("type", "Precompiled");
            json.writeBinaryField("precompiled_charsmap", normalization.charactersMap());
            json.writeEndObject();
        }
        if (normalization.removesExtraSpaces()) {
            // The library's ^ and $ match at every line. SentencePiece takes a U+2581 at the end for a space, too.
            writeReplace(json, "Regex", "\\A +|[ " + SPACE + "]+\\z", "");
            writeReplace(json, "Regex", " {2,}", " ");
        }
        if (model.addDummyPrefix()) {
            json.writeStartObject();
            json.writeStringField("type", "Prepend");
            json.writeStringField("prepend", SPACE);
            json.writeEndObject();
        }
        writeReplace(json, "String", " ", SPACE);
        endSequence(json);
    }

    private void writeDecoder(JsonGenerator json) throws IOException {
        startSequence(json, "decoder", "decoders");
        writeReplace(json, "String", SPACE, " ");
        for (String type : List.of("ByteFallback", "Fuse")) {
            json.writeStartObject();
            json.writeStringField("type", type);
            json.writeEndObject();
        }
        if (model.addDummyPrefix()) {
            json.writeStartObject();
            json.writeStringField("type", "Strip");
            json.writeStringField("content", " ");
            json.writeNumberField("start", 1);
            json.writeNumberField("stop", 0);
            json.writeEndObject();
        }
        endSequence(json);
    }

    private static void startSequence(JsonGenerator json, String name, String parts) throws IOException {
        json.writeObjectFieldStart(name);
        json.writeStringField("type", "Sequence");
        json.writeArrayFieldStart(parts);
    }

    private static void endSequence(JsonGenerator json) throws IOException {
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeReplace(JsonGenerator json, String kind, String pattern, String content)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "Replace");
        json.writeObjectFieldStart("pattern");
        json.writeStringField(kind, pattern);
        json.writeEndObject();
        json.writeStringField("content", content);
        json.writeEndObject();
    }

    private void writeBpe(JsonGenerator json) throws IOException {
        json.writeStringField("type", "BPE");
        json.writeNullField("dropout");
        json.writeStringField("unk_token", unknown());
        json.writeNullField("continuing_subword_prefix");
        json.writeNullField("end_of_word_suffix");
        json.writeBooleanField("fuse_unk", true);
        json.writeBooleanField("byte_fallback", model.byteFallback());
        json.writeBooleanField("ignore_merges", false);
        json.writeObjectFieldStart("vocab");
        for (int id = 0; id < model.pieces().size(); id++) {
            json.writeNumberField(model.pieces().get(id).text(), id);
        }
        json.writeEndObject();
        json.writeArrayFieldStart("merges");
        Map<String, Integer> ids = normalIds();
        for (int id : byScore()) {
            writeMerges(json, model.pieces().get(id).text(), ids);
        }
        json.writeEndArray();
    }

    /** SentencePiece joins any two neighbours that are a piece together, so every way to split a piece is a merge. */
    private static void writeMerges(JsonGenerator json, String text, Map<String, Integer> ids) throws IOException {
        for (int i = 1; i < text.length(); i++) {
            if (ids.containsKey(text.substring(0, i)) && ids.containsKey(text.substring(i))) {
                json.writeStartArray();
                json.writeString(text.substring(0, i));
                json.writeString(text.substring(i));
                json.writeEndArray();
            }
        }
    }

    private void writeUnigram(JsonGenerator json) throws IOException {
        json.writeStringField("type", "Unigram");
        json.writeNumberField("unk_id", model.unknownId());
        json.writeArrayFieldStart("vocab");
        // The library takes all pieces for text: a literal <0x0A> would become the byte.
        double lowest = model.pieces().stream().mapToDouble(Piece::score).min().orElse(0) - OUT_OF_REACH;
        for (Piece piece : model.pieces()) {
            json.writeStartArray();
            json.writeString(piece.text());
            json.writeNumber(piece.type() == PieceType.NORMAL ? piece.score() : lowest);
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeBooleanField("byte_fallback", model.byteFallback());
    }

    private String unknown() {
        return model.pieces().get(model.unknownId()).text();
    }

    private Map<String, Integer> normalIds() {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < model.pieces().size(); id++) {
            if (model.pieces().get(id).type() == PieceType.NORMAL) {
                ids.put(model.pieces().get(id).text(), id);
            }
        }
        return ids;
    }

    /** The ids of pieces of text, best score first. */
    private List<Integer> byScore() {
        List<Integer> ids = new ArrayList<>(IntStream.range(0, model.pieces().size())
                .filter(id -> model.pieces().get(id).type() == PieceType.NORMAL)
                .boxed()
                .toList());
        ids.sort(Comparator.comparingDouble(
                (Integer id) -> -model.pieces().get(id).score()));
        return ids;
    }
}
