package io.tributary.pretrained;

import java.io.Closeable;
import java.io.IOException;

/** Parameters in files, read slice by slice. For one thread at a time. */
public interface Slices extends Closeable {
    /** How many parameters there are. */
    long size();

    /**
     * Overwrites those values that there are parameters for.
     *
     * @param from index of the first
     * @param values within {@link #size}
     */
    void overwrite(long from, float[] values) throws IOException;
}
