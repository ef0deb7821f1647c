package io.tributary.judge;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How a model is taught a new source.
 *
 * @param source its name
 * @param corpora its text, from which batches come in turns
 * @param from a source of the snapshot whose vocabulary and parameters it begins with; without one it begins with the
 *     body that all share and random embeddings
 * @param vocabulary a SentencePiece model instead of a trained one; not with {@code from}
 * @param pieces of a trained vocabulary, at most
 * @param bodyIsLive whether the body learns too; it then becomes the source's own, and that of the others stays
 * @param steps of training
 * @param batchRows rows of a batch
 * @param learningRate after a warm-up of a twentieth of the steps; from there half a cosine down to a tenth of it
 * @param seed of random embeddings
 */
public record AdaptationPlan(
        String source,
        List<Path> corpora,
        Optional<String> from,
        Optional<byte[]> vocabulary,
        int pieces,
        boolean bodyIsLive,
        int steps,
        int batchRows,
        double learningRate,
        long seed) {
    public AdaptationPlan {
        if (corpora.isEmpty() || steps < 1 || batchRows < 1 || !(learningRate > 0)) {
            throw new IllegalArgumentException(
                    "A source is taught from one corpus at least, in 1 or more steps of 1 or more rows at a rate > 0, not %s, %d, %d and %s"
                            .formatted(corpora, steps, batchRows, learningRate));
        }
        if (from.isPresent() && vocabulary.isPresent()) {
            throw new IllegalArgumentException(
                    "Embeddings of %s are of its vocabulary: give no other".formatted(from.get()));
        }
        corpora = List.copyOf(corpora);
    }
}
