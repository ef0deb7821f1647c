package io.tributary.flow;

import io.tributary.record.SourceId;
import io.tributary.record.Standing;

/**
 * What Train has made of one source: the other side of its ledger.
 *
 * @param tokens targets of all steps
 * @param bytes of text in UTF-8 behind these
 * @param queuedTokens targets of the batches that wait for their round
 * @param queuedBytes of text behind these; of a source that has retired, never to be trained
 */
public record Trained(
        SourceId source, Standing standing, long tokens, long bytes, long queuedTokens, long queuedBytes) {
    public Trained {
        if (tokens < 0 || bytes < 0 || queuedTokens < 0 || queuedBytes < 0) {
            throw new IllegalArgumentException("Nothing is trained or queued less than 0 times: %d, %d, %d and %d"
                    .formatted(tokens, bytes, queuedTokens, queuedBytes));
        }
    }
}
