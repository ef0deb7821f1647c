package io.tributary.huggingface;

import io.tributary.huggingface.NameMap.Entry;
import io.tributary.model.ModelShape;
import io.tributary.snapshot.FloatSource;
import io.tributary.snapshot.SafetensorsReader;
import io.tributary.snapshot.SnapshotWriter;
import io.tributary.snapshot.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The tensors of a Hugging Face model, read from a snapshot as they are written. */
final class Weights {
    private Weights() {}

    /**
     * The token embedding, to which the head is tied.
     *
     * @param rowOf for each id the row that is its own
     */
    static Tensor tokens(Family family, SafetensorsReader tokens, int[] rowOf, ModelShape shape) throws IOException {
        List<Long> shapeVD = List.of((long) rowOf.length, (long) shape.width());
        requireShape(tokens, SnapshotWriter.TOKEN_EMBEDDING, shapeVD);
        return new Tensor(family.tokenEmbedding(), shapeVD, rows(tokens, rowOf, shape.width()));
    }

    /** The positions of GPT-2, as many as a row has tokens. */
    static Tensor positions(SafetensorsReader positions, ModelShape shape) throws IOException {
        List<Long> shapeTD = List.of((long) shape.sequenceLength(), (long) shape.width());
        requireShape(positions, SnapshotWriter.POSITION_EMBEDDING, shapeTD);
        return new Tensor(
                Family.POSITION_EMBEDDING, shapeTD, FloatSource.of(positions.read(SnapshotWriter.POSITION_EMBEDDING)));
    }

    static List<Tensor> body(NameMap map, SafetensorsReader body) throws IOException {
        List<Tensor> tensors = new ArrayList<>();
        for (Entry entry : map.body()) {
            String ours = entry.ours().name();
            List<Long> shape =
                    entry.ours().shape().stream().map(Integer::longValue).toList();
            requireShape(body, ours, shape);
            tensors.add(new Tensor(
                    entry.name(),
                    entry.shape(),
                    entry.transposed() ? new Transposed(body, entry) : slice(body, ours, entry.offset())));
        }
        return tensors;
    }

    private static void requireShape(SafetensorsReader reader, String name, List<Long> shape) throws IOException {
        if (!reader.shape(name).equals(shape)) {
            throw new IOException(
                    "The snapshot contradicts itself: its tensor '%s' is of shape %s, and by its manifest and vocabulary it is of %s"
                            .formatted(name, reader.shape(name), shape));
        }
    }

    private static FloatSource slice(SafetensorsReader reader, String name, long offset) {
        return (from, out) -> read(reader, name, offset + from, out);
    }

    /** Rows in another order; those that follow each other in both are read together. */
    private static FloatSource rows(SafetensorsReader reader, int[] rowOf, long width) {
        return (from, out) -> {
            int filled = 0;
            while (filled < out.length) {
                long at = from + filled;
                int id = (int) (at / width);
                int last = id;
                while (last + 1 < rowOf.length
                        && rowOf[last + 1] == rowOf[last] + 1
                        && (last + 1) * width < from + out.length) {
                    last++;
                }
                int count = (int) Math.min(out.length - filled, (last + 1) * width - at);
                float[] some = new float[count];
                read(reader, SnapshotWriter.TOKEN_EMBEDDING, rowOf[id] * width + at % width, some);
                System.arraycopy(some, 0, out, filled, count);
                filled += count;
            }
        };
    }

    private static void read(SafetensorsReader reader, String name, long from, float[] out) {
        try {
            reader.read(name, from, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A matrix on its side. It is on the heap while it is written, as reading down its columns would take a seek each. */
    private static final class Transposed implements FloatSource {
        private final SafetensorsReader reader;
        private final Entry entry;
        private float[] matrix = {};

        Transposed(SafetensorsReader reader, Entry entry) {
            this.reader = reader;
            this.entry = entry;
        }

        @Override
        public void copy(long from, float[] out) {
            int rows = entry.rows();
            int columns = entry.columns();
            if (matrix.length == 0) {
                matrix = new float[Math.multiplyExact(rows, columns)];
                read(reader, entry.ours().name(), entry.offset(), matrix);
            }
            for (int i = 0; i < out.length; i++) {
                long at = from + i;
                out[i] = matrix[(int) (at % rows) * columns + (int) (at / rows)];
            }
            if (from + out.length == matrix.length) {
                matrix = new float[0];
            }
        }
    }
}
