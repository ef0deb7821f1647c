package io.tributary.config;

import io.tributary.model.AdamW;
import io.tributary.model.LearningRate;

/**
 * How a source trains between two merges.
 *
 * @param batchRows B, the rows of a batch
 * @param microBatchRows rows of it that go through the layers together
 * @param queueLimitBytes tokens that a source may have waiting
 */
public record LocalTraining(
        int batchRows, int microBatchRows, LearningRate learningRate, AdamW adamW, long queueLimitBytes) {
    public LocalTraining {
        if (batchRows < 1 || queueLimitBytes < 1) {
            throw new IllegalArgumentException("A batch has at least 1 row and a queue at least 1 byte, not %d and %d"
                    .formatted(batchRows, queueLimitBytes));
        }
    }
}
