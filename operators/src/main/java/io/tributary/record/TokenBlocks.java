package io.tributary.record;

/**
 * Rows of T+1 token ids; the T first of a row are input, the T last are targets. Rows of one source follow each other
 * with one token in common, so that every token is a target once.
 *
 * @param tokensBT1 row after row, {@code rows * (T + 1)} ids
 * @param rows how many rows (B)
 * @param bytes UTF-8 bytes of text behind the targets
 */
public record TokenBlocks(int[] tokensBT1, int rows, long bytes) {
    public TokenBlocks {
        if (rows < 1 || tokensBT1.length % rows != 0 || tokensBT1.length / rows < 2) {
            throw new IllegalArgumentException(
                    "%d ids do not make %d rows of T+1 tokens".formatted(tokensBT1.length, rows));
        }
        if (bytes < 0) {
            throw new IllegalArgumentException("A negative count of bytes: " + bytes);
        }
    }

    /** T+1, the ids in a row. */
    public int rowLength() {
        return tokensBT1.length / rows;
    }

    /** How many tokens are predicted, B * T. */
    public long targets() {
        return (long) rows * (rowLength() - 1);
    }
}
