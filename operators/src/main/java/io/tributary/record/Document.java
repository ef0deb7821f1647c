package io.tributary.record;

/** One text of a source. */
public record Document(SourceId source, Origin origin, String text) implements Ingested, Incoming {
    public Document {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("An empty document at " + origin + " belongs to the dead letters");
        }
    }
}
