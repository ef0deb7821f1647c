package io.tributary.pretrained;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * A flat body that lies in many tensors.
 *
 * @param parts one behind the other, without gaps
 * @param files that they are read from
 */
record BodySlices(List<Part> parts, long size, List<? extends Closeable> files) implements Slices {
    /**
     * Some elements of the body that lie in one tensor.
     *
     * @param offset of the first in the flat body
     * @param size how many
     */
    record Part(long offset, long size, Content content) {}

    /** Reads elements of a part. */
    interface Content {
        /** Fills {@code out} with the elements from an index in the part on. */
        void read(long from, float[] out) throws IOException;
    }

    @Override
    public void overwrite(long from, float[] values) throws IOException {
        for (Part part : parts) {
            long start = Math.max(from, part.offset());
            long end = Math.min(from + values.length, part.offset() + part.size());
            if (start < end) {
                float[] some = new float[(int) (end - start)];
                part.content().read(start - part.offset(), some);
                System.arraycopy(some, 0, values, (int) (start - from), some.length);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Closeable file : files) {
            file.close();
        }
    }
}
