package io.tributary.flow;

import java.io.Serializable;
import java.util.zip.CRC32C;

/**
 * Which documents are held out for validation: decided by the text alone, so that a document that comes again, in a
 * later epoch or after a restart, is never trained.
 *
 * @param share of the documents, in [0, 1)
 * @param maxRows rows of T tokens that are kept and evaluated per source; documents beyond are held out all the same
 */
public record HoldOut(double share, int maxRows) implements Serializable {
    private static final int BUCKETS = 1 << 20;

    public HoldOut {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException("The held-out share must be in [0, 1), not " + share);
        }
        if (maxRows < 1) {
            throw new IllegalArgumentException("At least one row is evaluated, not " + maxRows);
        }
    }

    /** One document in a hundred, of which 64 rows are evaluated. */
    public static HoldOut defaults() {
        return new HoldOut(0.01, 64);
    }

    /** Whether the document with this text is held out. */
    public boolean holds(byte[] utf8) {
        CRC32C hash = new CRC32C();
        hash.update(utf8);
        return hash.getValue() % BUCKETS < share * BUCKETS;
    }
}
