package io.tributary.record;

/** What comes to Tokenize of one source, in the order of its topic: documents, and what else its ledger has to know. */
public sealed interface Incoming permits Document, Incoming.Rejected, Incoming.Placed {
    SourceId source();

    /**
     * A record of the source became a dead letter.
     *
     * @param bytes of its value
     */
    record Rejected(SourceId source, long bytes) implements Incoming {
        public Rejected {
            if (bytes < 0) {
                throw new IllegalArgumentException("A value has no negative length: " + bytes);
            }
        }
    }

    /** The source has been told to take part, rest or go. */
    record Placed(SourceId source, Standing standing) implements Incoming {}
}
