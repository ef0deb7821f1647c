package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tributary.record.ParameterGroup;
import java.util.Arrays;

/**
 * Native memory that all steps of an engine use one after the other: fresh pages for gradients, rounded parameters and
 * logits in each step would cost about a tenth of it. It is as large as the largest source wants it:
 * {@code 4 (N + V*d + T*d)} bytes of gradients, where less than 32 bits are computed with another {@code 2 (N + 2 V*d)},
 * and logits of at most {@link #LOGITS}.
 */
final class StepRoom {
    /** Logits that exist at the same time, 256 MiB of them in bfloat16; at least those of one target. */
    static final long LOGITS = 1L << 27;

    private static final String LIST = "room[]";

    private final NDManager manager;
    private final Precision precision;
    private final int microBatchRows;
    private final Zeros zeros;
    private long gradientValues;
    private long[] lengths = new long[4];
    private NDList arrays = new NDList();

    /** Makes arrays in the type that the step computes with, which DJL cannot. */
    @FunctionalInterface
    interface Zeros {
        NDList of(NDManager owner, long[] lengths, NDArray beside);
    }

    StepRoom(NDManager owner, Computing computing, Zeros zeros) {
        this.manager = owner.newSubManager();
        this.precision = computing.precision();
        this.microBatchRows = computing.microBatchRows();
        this.zeros = zeros;
    }

    /** Room for a step or an evaluation of a source with so many rows. */
    NDList of(SourceModel source, int rows) {
        long body = source.elements(ParameterGroup.BODY);
        long tokens = source.elements(ParameterGroup.TOKENS);
        long gradients = body + tokens + source.elements(ParameterGroup.POSITIONS);
        boolean rounds = precision != Precision.FP32;
        long[] wanted = {
            rounds ? body : 0,
            rounds ? tokens : 0,
            rounds ? tokens : 0,
            logits(source.pieces(), Math.min(rows, microBatchRows), source.sequenceLength())
        };
        boolean fits = gradients <= gradientValues;
        for (int i = 0; i < wanted.length; i++) {
            fits &= wanted[i] <= lengths[i];
            wanted[i] = Math.max(wanted[i], lengths[i]);
        }
        if (!fits) {
            gradientValues = Math.max(gradients, gradientValues);
            lengths = wanted;
            allocate();
        }
        return arrays;
    }

    /** How many logits exist together. */
    static long logits(int pieces, int rows, int sequenceLength) {
        return Math.min((long) rows * sequenceLength, Math.max(1, LOGITS / pieces)) * pieces;
    }

    private void allocate() {
        arrays.close();
        NDArray gradients = manager.zeros(new Shape(gradientValues), DataType.FLOAT32);
        arrays = new NDList(gradients);
        arrays.addAll(zeros.of(manager, lengths, gradients));
        arrays.forEach(array -> array.setName(LIST));
    }

    /** Bytes that are allocated. */
    long bytes() {
        return gradientValues * Float.BYTES + Arrays.stream(lengths).sum() * precision.bytes();
    }
}
