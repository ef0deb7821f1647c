package io.tributary.record;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Whether a source takes part in rounds. */
public enum Standing {
    /** It trains. */
    ACTIVE(0),
    /** It is not read on and takes part in no round until it is resumed; all that it has learnt stays. */
    PAUSED(1),
    /** It is not read on, is in one more snapshot, and is then gone for good. */
    RETIRED(2);

    private final int tag;

    Standing(int tag) {
        this.tag = tag;
    }

    /** As one byte, on the wire and in state. */
    public void write(DataOutputView out) throws IOException {
        out.writeByte(tag);
    }

    /** What {@link #write} wrote. */
    public static Standing read(DataInputView in) throws IOException {
        int tag = in.readByte();
        return switch (tag) {
            case 0 -> ACTIVE;
            case 1 -> PAUSED;
            case 2 -> RETIRED;
            default -> throw Wire.unknownTag("standing of a source", tag);
        };
    }
}
