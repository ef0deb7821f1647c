package io.tributary.plan;

import io.tributary.merge.InnerState;
import io.tributary.model.ModelShape;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Variant;

/**
 * The bytes of parameters and moments that one source sends and receives in one round that it takes part in: 4 for a
 * value. What surrounds them on the wire, such as headers of records, is not counted.
 *
 * <p>Moments are merged at the end of round {@code r} where {@code r + 1} is a multiple of their period.
 *
 * @param shape T is replaced by {@code sequenceLength}
 * @param pieces of the source's vocabulary; under TRIM those of the shared vocabulary that it holds
 * @param tableRows of the shared vocabulary
 * @param sequenceLength T of the source
 * @param round counted from 0
 */
public record RoundBytes(
        ModelShape shape,
        Variant variant,
        int pieces,
        int tableRows,
        int sequenceLength,
        InnerState innerState,
        long round) {
    public RoundBytes {
        if (pieces < 1 || tableRows < 1 || round < 0) {
            throw new IllegalArgumentException(
                    "There are at least 1 piece and 1 row, and rounds from 0 on, not %d, %d and %d"
                            .formatted(pieces, tableRows, round));
        }
        if (variant.byRows() && pieces > tableRows) {
            throw new IllegalArgumentException(
                    "A source holds at most the %d rows of the table, not %d".formatted(tableRows, pieces));
        }
        shape = shape.withSequenceLength(sequenceLength);
    }

    /** Bytes that go to Merge, once; 0 for a group that does not leave the source. */
    public long sent(ParameterGroup group) {
        return Math.multiplyExact(tensorBytes(group), tensors());
    }

    /**
     * Bytes that come back. Rows under TRIM come for the source alone; all else comes once to its subtask, whatever the
     * number of sources there.
     */
    public long received(ParameterGroup group) {
        return sent(group);
    }

    /** Bytes of the ids that rows travel with, in each direction: 4 for a row of parameters, and of each moment. */
    public long rowIds() {
        return Math.multiplyExact(idBytes(), tensors());
    }

    /** The values of a group, once. */
    long tensorBytes(ParameterGroup group) {
        if (!variant.shared().contains(group)) {
            return 0;
        }
        int rows = variant.byRows() ? pieces : tableRows;
        return Math.multiplyExact(GroupSizes.exact(shape, rows).of(group), Float.BYTES);
    }

    /** The ids of a tensor's rows, once. */
    long idBytes() {
        return variant.byRows() ? (long) pieces * Integer.BYTES : 0;
    }

    /** Tensors of a group that are merged in this round: its parameters, and the moments whose turn it is. */
    private int tensors() {
        return innerState instanceof InnerState.Sync sync ? 1 + turn(sync.firstEvery()) + turn(sync.secondEvery()) : 1;
    }

    private int turn(int everyRounds) {
        return (round + 1) % everyRounds == 0 ? 1 : 0;
    }

    /** The same as a mean over all rounds. */
    static double meanTensors(InnerState innerState) {
        return innerState instanceof InnerState.Sync sync ? 1 + 1.0 / sync.firstEvery() + 1.0 / sync.secondEvery() : 1;
    }

    /** Tensors of a group in the round that merges the most. */
    static int mostTensors(InnerState innerState) {
        return innerState instanceof InnerState.Sync ? 3 : 1;
    }

    /** Tensors of a group in that round and its neighbour, which also merges what has a period of one round. */
    static int mostTensorsOfTwoRounds(InnerState innerState) {
        int everyRound = 1;
        if (innerState instanceof InnerState.Sync sync) {
            everyRound += (sync.firstEvery() == 1 ? 1 : 0) + (sync.secondEvery() == 1 ? 1 : 0);
        }
        return mostTensors(innerState) + everyRound;
    }
}
