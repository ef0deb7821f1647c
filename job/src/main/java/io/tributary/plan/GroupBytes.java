package io.tributary.plan;

/**
 * Bytes by parameter group.
 *
 * @param rowIds the ids that rows travel with
 */
public record GroupBytes(long body, long tokens, long positions, long rowIds) {
    /** All together. */
    public long total() {
        return body + tokens + positions + rowIds;
    }
}
