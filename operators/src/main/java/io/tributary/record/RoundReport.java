package io.tributary.record;

import java.util.List;

/**
 * What one source did in one round.
 *
 * @param source the name of the source
 * @param steps trained steps, as are tokens and bytes of text
 * @param totalTokens tokens trained since the source began
 * @param trainLoss mean loss of the round's steps, nats per token; NaN without a step
 * @param validationBitsPerByte of held-out text with the merged body; NaN where nothing is held out yet
 * @param unigramBitsPerByte entropy of the source's own trained tokens, over their bytes: what a model that knows
 *     nothing but frequencies would reach
 * @param vocabularySize pieces of the source's vocabulary
 * @param tokensPerSecond trained tokens over the seconds spent in steps
 * @param flopsPerToken floating-point operations of a trained token, by PaLM's formula; NaN in reports that are older than
 *     this figure
 * @param queuedBatches batches that wait for the next round
 * @param traffic what the round cost on the wire, by group; none for groups that stayed with the source
 */
public record RoundReport(
        long round,
        String source,
        Participation participation,
        long steps,
        long tokens,
        long bytes,
        long totalTokens,
        double trainLoss,
        double validationBitsPerByte,
        double unigramBitsPerByte,
        int vocabularySize,
        double tokensPerSecond,
        double flopsPerToken,
        int queuedBatches,
        List<Traffic> traffic)
        implements Report {
    public RoundReport {
        traffic = List.copyOf(traffic);
    }

    /** Floating-point operations a second while the source was in steps; NaN where it made none. */
    public double flopsPerSecond() {
        return tokensPerSecond * flopsPerToken;
    }

    /**
     * Bytes of one parameter group, counted where records are serialized.
     *
     * @param sent values, and ids of rows where a source holds only some
     * @param received the same of what came back; what comes to every subtask is counted by each source there
     * @param framing all other bytes of those records: who, what, which round, how long
     */
    public record Traffic(ParameterGroup group, long sent, long received, long framing) {}

    /** How a source took part in a round. */
    public enum Participation {
        /** All N_local steps. */
        FULL,
        /** The round timed out first, or the source could not go on in it: fewer steps, less weight. */
        PARTIAL,
        /** Started from an older body and counted in this round. */
        LATE,
        /** No step at all. */
        ABSTAINED,
        /** What it had learnt was not finite, or beyond all reason, and counted in no mean. */
        REJECTED
    }
}
