package io.tributary.record;

import java.io.IOException;
import java.io.Serializable;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * How a record is written on the wire and in state. An implementation has a constructor without arguments and no state;
 * it reads every version that it ever wrote. A new version of a format is a new version of every format that nests it,
 * which then says for each of its own versions in which version the nested one stands there.
 */
public interface WireFormat<T> extends Serializable {
    Class<T> type();

    /** The version that {@link #write} writes. */
    default int version() {
        return 1;
    }

    /** A value that later changes of the record do not reach: the record itself, unless it is mutable. */
    default T copy(T record) {
        return record;
    }

    /** Whether {@link #copy} gives the record itself. */
    default boolean immutable() {
        return true;
    }

    void write(T record, DataOutputView out) throws IOException;

    /**
     * Reads one record.
     *
     * @param version the version that the bytes were written with, at most {@link #version()}
     */
    T read(int version, DataInputView in) throws IOException;
}
