package io.tributary.flow;

/**
 * What has come in of one source: one side of its ledger. All bytes are those of texts in UTF-8; those of dead letters are
 * of their values.
 *
 * @param documents that were taken, held out or not
 * @param bytes of these documents
 * @param heldOutBytes those of them that are held out for validation
 * @param deadLetters records that became dead letters
 * @param deadBytes of the values of these
 * @param waitingBytes of documents that are not in a batch yet, since they wait for a vocabulary or fill no batch
 */
public record Intake(
        long documents, long bytes, long heldOutBytes, long deadLetters, long deadBytes, long waitingBytes) {
    static final Intake NONE = new Intake(0, 0, 0, 0, 0, 0);

    public Intake {
        if (documents < 0 || bytes < 0 || heldOutBytes < 0 || deadLetters < 0 || deadBytes < 0 || waitingBytes < 0) {
            throw new IllegalArgumentException(
                    "Nothing comes in less than 0 times: %d documents of %d bytes, %d held out, %d waiting, %d dead letters of %d bytes"
                            .formatted(documents, bytes, heldOutBytes, waitingBytes, deadLetters, deadBytes));
        }
    }

    Intake plusDocument(long length, boolean heldOut, long nowWaiting) {
        return new Intake(
                documents + 1,
                bytes + length,
                heldOutBytes + (heldOut ? length : 0),
                deadLetters,
                deadBytes,
                nowWaiting);
    }

    Intake plusDeadLetter(long length) {
        return new Intake(documents, bytes, heldOutBytes, deadLetters + 1, deadBytes + length, waitingBytes);
    }

    Intake withWaiting(long nowWaiting) {
        return new Intake(documents, bytes, heldOutBytes, deadLetters, deadBytes, nowWaiting);
    }
}
