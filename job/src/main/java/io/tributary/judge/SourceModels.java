package io.tributary.judge;

import io.tributary.model.LanguageModel;
import io.tributary.snapshot.Snapshot;
import io.tributary.snapshot.SourceParameters;
import io.tributary.vocabulary.SourceTokenizer;
import java.io.IOException;

/** Loads what a snapshot has of a source. */
public final class SourceModels {
    private SourceModels() {}

    /**
     * The model of a source.
     *
     * @throws IOException if the snapshot lacks something of it; the message says what
     */
    public static LanguageModel model(Snapshot snapshot, String source) throws IOException {
        try (SourceParameters parameters = SourceParameters.of(snapshot, source)) {
            return LanguageModel.load(parameters.shape(), parameters.pieces(), parameters::copy);
        }
    }

    /** The vocabulary of a source. */
    public static SourceTokenizer tokenizer(Snapshot snapshot, String source) throws IOException {
        return new SourceTokenizer(snapshot.tokenizer(source), snapshot.heldPieces(source));
    }
}
