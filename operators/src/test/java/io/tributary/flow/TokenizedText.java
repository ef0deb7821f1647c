package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.SourceId;
import io.tributary.record.TokenBlocks;
import io.tributary.record.Tokenized;
import io.tributary.vocabulary.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What Train can read from one source's records: it starts from the vocabulary, lets the held pieces grow after the
 * batches that say so, and translates each batch back with the pieces that are held at its place.
 */
final class TokenizedText {
    private final byte[] model;
    private final List<Integer> held = new ArrayList<>();
    private final List<Integer> targets = new ArrayList<>();
    private final List<int[]> grown = new ArrayList<>();
    private final List<TokenBlocks> heldOut = new ArrayList<>();

    static TokenizedText of(List<Tokenized> records, SourceId source) {
        List<Tokenized> own = records.stream()
                .filter(record -> record.source().equals(source))
                .toList();
        assertThat(own.get(0)).isInstanceOf(Tokenized.Vocabulary.class);
        TokenizedText text = new TokenizedText((Tokenized.Vocabulary) own.get(0));
        own.subList(1, own.size()).forEach(text::read);
        return text;
    }

    private TokenizedText(Tokenized.Vocabulary vocabulary) {
        model = vocabulary.model();
        Arrays.stream(vocabulary.held()).forEach(held::add);
    }

    private void read(Tokenized record) {
        if (record instanceof Tokenized.Batch batch) {
            targets.addAll(targets(batch.blocks()));
            Arrays.stream(batch.grown()).forEach(held::add);
            grown.add(batch.grown());
        } else if (record instanceof Tokenized.HeldOut rows) {
            targets(rows.blocks());
            heldOut.add(rows.blocks());
        } else {
            throw new AssertionError("A second vocabulary");
        }
    }

    /** Model ids of the targets, row after row. */
    private List<Integer> targets(TokenBlocks blocks) {
        List<Integer> read = new ArrayList<>();
        for (int i = 0; i < blocks.tokensBT1().length; i++) {
            int id = blocks.tokensBT1()[i];
            int modelId = held.isEmpty() ? id : held.get(id);
            if (i % blocks.rowLength() != 0) {
                read.add(modelId);
            }
        }
        return read;
    }

    byte[] model() {
        return model;
    }

    /** What is held at the end, in model ids; empty where the source holds all. */
    List<Integer> held() {
        return held;
    }

    /** The model ids of all training targets. */
    List<Integer> targets() {
        return targets;
    }

    /** What grew after each batch. */
    List<int[]> grown() {
        return grown;
    }

    List<TokenBlocks> heldOut() {
        return heldOut;
    }

    /** The texts of all documents whose end is among the training targets. */
    List<String> documents() {
        List<String> documents = new ArrayList<>();
        try (Tokenizer tokenizer = Tokenizer.load(model)) {
            int start = 0;
            for (int i = 0; i < targets.size(); i++) {
                if (targets.get(i) == tokenizer.endOfText()) {
                    int[] ids = targets.subList(start, i).stream()
                            .mapToInt(id -> id)
                            .toArray();
                    documents.add(tokenizer.decode(ids));
                    start = i + 1;
                }
            }
        }
        return documents;
    }
}
