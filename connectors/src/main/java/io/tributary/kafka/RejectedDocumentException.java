package io.tributary.kafka;

/** Says why a record is not a document; the message becomes the reason of its dead letter. */
public final class RejectedDocumentException extends Exception {
    private static final long serialVersionUID = 1;

    RejectedDocumentException(String reason) {
        super(reason);
    }
}
