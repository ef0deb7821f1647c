package io.tributary.job;

import io.tributary.flow.HoldOut;
import io.tributary.vocabulary.HeldPieces;
import io.tributary.vocabulary.PieceSplitter;
import io.tributary.vocabulary.SentencePieceModel;
import io.tributary.vocabulary.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The text of a source as one long list of tokens, cut into batches as they are asked for. A source that holds some
 * pieces takes in those that it lacked after every N_local-th batch.
 */
final class NaiveText implements AutoCloseable {
    private final String name;
    private final Tokenizer tokenizer;
    private final Optional<HeldPieces> pieces;
    private final Iterator<String> documents;
    private final int sequenceLength;
    private final int localSteps;
    private final List<Integer> tokens = new ArrayList<>();
    private int from;
    private int batches;

    private NaiveText(
            String name,
            Tokenizer tokenizer,
            Optional<HeldPieces> pieces,
            List<String> documents,
            int sequenceLength,
            int localSteps) {
        this.name = name;
        this.tokenizer = tokenizer;
        this.pieces = pieces;
        this.documents = documents.iterator();
        this.sequenceLength = sequenceLength;
        this.localSteps = localSteps;
        tokens.add(endOfText());
    }

    static NaiveText whole(
            String name, byte[] model, List<String> documents, HoldOut holdOut, int sequenceLength, int localSteps) {
        return new NaiveText(
                name, Tokenizer.load(model), Optional.empty(), trained(documents, holdOut), sequenceLength, localSteps);
    }

    /** @param bootstrapBytes the first documents, up to the one that brings this many bytes, tell what is held at first */
    static NaiveText byRows(
            String name,
            byte[] model,
            List<String> documents,
            HoldOut holdOut,
            int sequenceLength,
            int localSteps,
            long bootstrapBytes) {
        Tokenizer tokenizer = Tokenizer.load(model);
        HeldPieces pieces = HeldPieces.start(new PieceSplitter(SentencePieceModel.read(model)));
        List<String> trained = trained(documents, holdOut);
        long bytes = 0;
        for (int i = 0; i < trained.size() && bytes < bootstrapBytes; i++) {
            pieces.want(tokenizer.encode(trained.get(i)));
            bytes += trained.get(i).getBytes(StandardCharsets.UTF_8).length;
        }
        pieces.grow();
        return new NaiveText(name, tokenizer, Optional.of(pieces), trained, sequenceLength, localSteps);
    }

    /** @param held what it holds from the start, which is all that its text needs */
    static NaiveText holding(
            String name,
            byte[] model,
            List<String> documents,
            HoldOut holdOut,
            int sequenceLength,
            int localSteps,
            int[] held) {
        HeldPieces pieces = HeldPieces.restore(new PieceSplitter(SentencePieceModel.read(model)), held, new int[0]);
        return new NaiveText(
                name,
                Tokenizer.load(model),
                Optional.of(pieces),
                trained(documents, holdOut),
                sequenceLength,
                localSteps);
    }

    private static List<String> trained(List<String> documents, HoldOut holdOut) {
        return documents.stream()
                .filter(document -> !holdOut.holds(document.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    String name() {
        return name;
    }

    /** Pieces that it has embeddings of. */
    int pieces() {
        return pieces.map(held -> held.held().length).orElse(tokenizer.size());
    }

    int[] held() {
        return pieces.map(HeldPieces::held).orElseGet(() -> new int[0]);
    }

    private int endOfText() {
        return pieces.map(held -> held.ownId(tokenizer.endOfText())).orElse(tokenizer.endOfText());
    }

    int[] batch(int rows) {
        while (tokens.size() - from <= rows * sequenceLength) {
            int[] ids = tokenizer.encode(documents.next());
            if (pieces.isPresent()) {
                pieces.get().want(ids);
                ids = pieces.get().encode(ids);
            }
            for (int id : ids) {
                tokens.add(id);
            }
            tokens.add(endOfText());
        }
        int[] tokensBT1 = new int[rows * (sequenceLength + 1)];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i <= sequenceLength; i++) {
                tokensBT1[row * (sequenceLength + 1) + i] = tokens.get(from + row * sequenceLength + i);
            }
        }
        from += rows * sequenceLength;
        if (++batches % localSteps == 0) {
            pieces.ifPresent(HeldPieces::grow);
        }
        return tokensBT1;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
