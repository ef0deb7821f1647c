package io.tributary.flow;

import io.tributary.merge.OuterOptimizer;
import io.tributary.merge.Sharding;
import io.tributary.model.AdamW;
import io.tributary.model.LearningRate;
import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import io.tributary.record.SourceId;
import io.tributary.round.RoundRules;
import java.io.Serializable;
import java.util.List;

/**
 * What a run trains and how; the same on every subtask.
 *
 * @param seed decides every initial value
 * @param batchRows rows of a batch (B)
 * @param shardValues parameters in a shard of the body
 * @param snapshotEvery a snapshot is written each time this many rounds are merged, and at the end
 * @param queueLimitBytes tokens that a source may have waiting for its next round; at the limit its subtask
 *     reads no further while it has something to train
 * @param sources the configured sources, awaited from the first round on
 */
public record TrainingSettings(
        long seed,
        ModelShape shape,
        Precision precision,
        AdamW adamW,
        LearningRate learningRate,
        int batchRows,
        RoundRules rounds,
        OuterOptimizer outer,
        int shardValues,
        VocabularySettings vocabulary,
        HoldOut holdOut,
        int snapshotEvery,
        long queueLimitBytes,
        List<SourceId> sources)
        implements Serializable {
    public TrainingSettings {
        if (batchRows < 1 || shardValues < 1 || snapshotEvery < 1 || queueLimitBytes < 1) {
            throw new IllegalArgumentException(
                    "Rows of a batch, values of a shard, rounds between snapshots and the queue's limit are at least 1, not %d, %d, %d and %d"
                            .formatted(batchRows, shardValues, snapshotEvery, queueLimitBytes));
        }
        sources = List.copyOf(sources);
    }

    /** How the body is cut into shards. */
    public Sharding sharding() {
        return new Sharding(shape.bodyParameters(), shardValues);
    }

    /** Targets of a batch, B * T. */
    public long batchTokens() {
        return (long) batchRows * shape.sequenceLength();
    }
}
