package io.tributary.kafka;

import java.util.Optional;

/** What the value of a record must be to become a document: asked where records are read, and before they are sent. */
public final class DocumentText {
    private DocumentText() {}

    /**
     * The text of a value.
     *
     * @param value none for a tombstone
     * @param maxBytes longest value that is taken
     * @throws RejectedDocumentException if it is none; the message says why, for a person
     */
    public static String of(Optional<byte[]> value, ValueFormat format, int maxBytes) throws RejectedDocumentException {
        if (value.isEmpty()) {
            throw new RejectedDocumentException(
                    "The value is null (a tombstone): what was trained cannot be taken back by deleting it");
        }
        byte[] bytes = value.get();
        if (bytes.length == 0) {
            throw new RejectedDocumentException("The value is empty");
        }
        if (bytes.length > maxBytes) {
            throw tooLong(bytes.length, maxBytes);
        }
        String decoded = StrictUtf8.decode(bytes);
        String text = format instanceof ValueFormat.Json json ? JsonText.extract(decoded, json.field()) : decoded;
        if (text.isBlank()) {
            throw new RejectedDocumentException("The text is blank: it has nothing but white space");
        }
        return text;
    }

    /** The reason for which a value is refused that is longer than the longest. */
    public static RejectedDocumentException tooLong(long bytes, int maxBytes) {
        return new RejectedDocumentException(
                "The value has %,d bytes, and the largest document allowed has %,d. Split it, or raise the limit"
                        .formatted(bytes, maxBytes));
    }
}
