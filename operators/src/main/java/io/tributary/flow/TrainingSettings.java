package io.tributary.flow;

import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import io.tributary.merge.Merging;
import io.tributary.model.AdamW;
import io.tributary.model.LearningRate;
import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Quantity;
import io.tributary.record.SourceId;
import io.tributary.record.Variant;
import io.tributary.round.RoundRules;
import io.tributary.vocabulary.SentencePieceModel;
import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What a run trains and how; the same on every subtask.
 *
 * @param seed decides every initial value
 * @param batchRows rows of a batch (B)
 * @param microBatchRows rows of it that go through the layers together
 * @param merging what is merged, and how
 * @param snapshotEvery a snapshot is written each time this many rounds are merged, and at the end
 * @param queueLimitBytes tokens that a source may have waiting for its next round; at the limit its subtask
 *     reads no further while it has something to train
 * @param sources the configured sources, awaited from the first round on
 * @param sequenceLengths T of sources that differ from the model's, by name; only where positions are not shared
 * @param samples what models write while they are trained
 */
public record TrainingSettings(
        long seed,
        ModelShape shape,
        Precision precision,
        AdamW adamW,
        LearningRate learningRate,
        int batchRows,
        int microBatchRows,
        RoundRules rounds,
        Merging merging,
        VocabularySettings vocabulary,
        HoldOut holdOut,
        int snapshotEvery,
        long queueLimitBytes,
        List<SourceId> sources,
        Map<String, Integer> sequenceLengths,
        SampleSettings samples)
        implements Serializable {
    /** What fixed point leaves to second moments: 2^23 over their scale. */
    private static final double LARGEST_SECOND_MOMENTS = 0x1p23 / Quantity.SECOND_MOMENT.scale();

    public TrainingSettings {
        if (batchRows < 1 || snapshotEvery < 1 || queueLimitBytes < 1) {
            throw new IllegalArgumentException(
                    "Rows of a batch, rounds between snapshots and the queue's limit are at least 1, not %d, %d and %d"
                            .formatted(batchRows, snapshotEvery, queueLimitBytes));
        }
        if (microBatchRows < 1 || microBatchRows > batchRows) {
            throw new IllegalArgumentException(
                    "Between 1 and all %d rows of a batch go through the layers together, not %d"
                            .formatted(batchRows, microBatchRows));
        }
        requireOwnLengths(merging.variant(), shape, sequenceLengths);
        requireOneVocabulary(merging.variant(), vocabulary);
        requireTurns(merging.variant(), rounds, sources);
        requireRoomForSquares(merging, adamW, sources.size());
        sources = List.copyOf(sources);
        sequenceLengths = Map.copyOf(sequenceLengths);
    }

    /** All rows of a batch go through the layers together, and nothing is sampled. */
    public TrainingSettings(
            long seed,
            ModelShape shape,
            Precision precision,
            AdamW adamW,
            LearningRate learningRate,
            int batchRows,
            RoundRules rounds,
            Merging merging,
            VocabularySettings vocabulary,
            HoldOut holdOut,
            int snapshotEvery,
            long queueLimitBytes,
            List<SourceId> sources,
            Map<String, Integer> sequenceLengths) {
        this(
                seed,
                shape,
                precision,
                adamW,
                learningRate,
                batchRows,
                batchRows,
                rounds,
                merging,
                vocabulary,
                holdOut,
                snapshotEvery,
                queueLimitBytes,
                sources,
                sequenceLengths,
                SampleSettings.NONE);
    }

    private static void requireOwnLengths(Variant variant, ModelShape shape, Map<String, Integer> sequenceLengths) {
        boolean sharesPositions = shape.learnsPositions() && variant.shared().contains(ParameterGroup.POSITIONS);
        if ((sharesPositions || variant.mixture()) && !sequenceLengths.isEmpty()) {
            throw new IllegalArgumentException(
                    "Sources have sequence lengths of their own only where they share neither learned positions nor a model, not with %s: %s"
                            .formatted(variant, sequenceLengths));
        }
    }

    private static void requireOneVocabulary(Variant variant, VocabularySettings vocabulary) {
        if (variant.globalVocabulary() && !vocabulary.given().isEmpty()) {
            throw new IllegalArgumentException(
                    "With %s all sources have one vocabulary: give that one, and none to the sources %s"
                            .formatted(variant, vocabulary.given().keySet()));
        }
    }

    private static void requireTurns(Variant variant, RoundRules rounds, List<SourceId> sources) {
        if (variant.mixture() && sources.stream().map(SourceId::key).distinct().count() != 1) {
            throw new IllegalArgumentException(
                    "With %s all sources train one model: list them, with keys that put them together, not %s"
                            .formatted(variant, sources));
        }
        if (variant.mixture() != rounds.inTurns()) {
            throw new IllegalArgumentException(
                    "Sources take fixed turns with STD and with no other variant, but %s and inTurns=%s were given"
                            .formatted(variant, rounds.inTurns()));
        }
    }

    /** A clipped gradient bounds its squares. */
    private static void requireRoomForSquares(Merging merging, AdamW adamW, int sources) {
        double largest = adamW.clip() * adamW.clip() * Math.max(1, sources);
        if (merging.every(Quantity.SECOND_MOMENT) > 0 && largest > LARGEST_SECOND_MOMENTS) {
            throw new IllegalArgumentException(
                    "Merged second moments add up to clip^2 times the sources, %s, and fixed point holds up to %s: lower the clip"
                            .formatted(largest, LARGEST_SECOND_MOMENTS));
        }
    }

    /** What is shared, and how it is cut. */
    SharedLayout layout() {
        return new SharedLayout(shape, merging, tableRows(), seed);
    }

    /** Rows of a shared token embedding: the pieces of the vocabulary that all sources share, as far as it is known. */
    private int tableRows() {
        return vocabulary
                .global()
                .map(model -> SentencePieceModel.read(model).pieces().size())
                .orElse(vocabulary.maxPieces());
    }

    /**
     * With another key a source would start anew beside its old self.
     *
     * @param restored a source that the state of a job knows
     */
    void requireSameKey(SourceId restored) throws Failure {
        for (SourceId configured : sources) {
            if (restored.name().equals(configured.name()) && !restored.equals(configured)) {
                throw new Failure(
                        ErrorCode.STATE_DOES_NOT_FIT,
                        "Source %s has the key %d in the savepoint and %d in the configuration: keep the order of the sources, add new ones at the end, and do not list one that the savepoint knows as unlisted"
                                .formatted(restored.name(), restored.key(), configured.key()));
            }
        }
    }

    /** T of a source. */
    public int sequenceLength(String source) {
        return sequenceLengths.getOrDefault(source, shape.sequenceLength());
    }

    /** Targets of a batch of a source, B * T. */
    public long batchTokens(String source) {
        return (long) batchRows * sequenceLength(source);
    }
}
