package io.tributary.model;

import ai.djl.Device;

/**
 * On what and how steps are computed.
 *
 * @param microBatchRows rows that go through the layers together; a batch of more is gone through in turns whose gradients
 *     are added up, which gives the same step up to rounding for less memory
 */
public record Computing(Device device, Precision precision, int microBatchRows) {
    public Computing {
        if (microBatchRows < 1) {
            throw new IllegalArgumentException(
                    "At least one row goes through the layers at a time, not " + microBatchRows);
        }
    }

    /** On the CPU, all rows of a batch together. */
    public static Computing onCpu(Precision precision) {
        return new Computing(Device.cpu(), precision, Integer.MAX_VALUE);
    }
}
