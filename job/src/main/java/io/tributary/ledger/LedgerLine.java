package io.tributary.ledger;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.tributary.flow.Intake;
import io.tributary.flow.Trained;
import io.tributary.record.Standing;
import java.util.Optional;

/**
 * What has become of the text of one source, in bytes: of texts in UTF-8, or of the values of dead letters.
 *
 * @param standing whether the source takes part
 * @param records read from Kafka
 * @param consumedBytes of all of these
 * @param trainedBytes behind the targets of all steps
 * @param trainedTokens the targets themselves
 * @param queuedBytes that wait for a vocabulary, fill no batch yet, or are in a batch that waits for its round
 * @param heldOutBytes kept for validation, never trained
 * @param deadLetters records that became dead letters
 * @param deadBytes of the values of these
 */
public record LedgerLine(
        String source,
        Standing standing,
        long records,
        long consumedBytes,
        long trainedBytes,
        long trainedTokens,
        long queuedBytes,
        long heldOutBytes,
        long deadLetters,
        long deadBytes) {
    /** Of the two sides of one source; the second is missing until the source has a vocabulary. */
    static LedgerLine of(String source, Intake in, Optional<Trained> out) {
        return new LedgerLine(
                source,
                out.map(Trained::standing).orElse(Standing.ACTIVE),
                in.documents() + in.deadLetters(),
                in.bytes() + in.deadBytes(),
                out.map(Trained::bytes).orElse(0L),
                out.map(Trained::tokens).orElse(0L),
                in.waitingBytes() + out.map(Trained::queuedBytes).orElse(0L),
                in.heldOutBytes(),
                in.deadLetters(),
                in.deadBytes());
    }

    /** Bytes that were consumed and are nowhere; negative if some are counted twice. Always 0 in a sound checkpoint. */
    @JsonProperty
    public long missingBytes() {
        return consumedBytes - trainedBytes - queuedBytes - heldOutBytes - deadBytes;
    }
}
