package io.tributary.pretrained;

import io.tributary.snapshot.SafetensorsReader;
import java.io.IOException;
import java.util.List;

/** One tensor, whole. */
final class TensorSlices implements Slices {
    private final SafetensorsReader reader;
    private final String name;
    private final long size;

    private TensorSlices(SafetensorsReader reader, String name, long size) {
        this.reader = reader;
        this.name = name;
        this.size = size;
    }

    /**
     * Takes over the reader.
     *
     * @param width d, the length of each row of the matrix
     * @throws IOException if there is no such matrix in the file
     */
    static TensorSlices matrix(SafetensorsReader reader, String name, int width) throws IOException {
        try {
            List<Long> shape = reader.shape(name);
            if (shape.size() != 2 || shape.get(1) != width) {
                throw new IOException(
                        "The tensor '%s' is of shape %s, and its model has rows of %d".formatted(name, shape, width));
            }
            return new TensorSlices(reader, name, shape.get(0) * width);
        } catch (IOException e) {
            reader.close();
            throw e;
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void overwrite(long from, float[] values) throws IOException {
        reader.read(name, from, values);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
