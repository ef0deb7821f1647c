package io.tributary.huggingface;

import io.tributary.huggingface.NameMap.Entry;
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
     * All tensors; the head is tied to the token embedding and not among them.
     *
     * @param rowOf for each id the row of the token embedding
     * @param positions read only if the family has positions
     */
    static List<Tensor> of(
            NameMap map, SafetensorsReader body, SafetensorsReader tokens, int[] rowOf, SafetensorsReader positions)
            throws IOException {
        List<Tensor> tensors = new ArrayList<>();
        long width = tokens.shape(SnapshotWriter.TOKEN_EMBEDDING).get(1);
        tensors.add(Tensor.of(map.family().tokenEmbedding(), rows(tokens, rowOf, width), rowOf.length, width));
        if (map.family() == Family.GPT2) {
            tensors.add(new Tensor(
                    Family.POSITION_EMBEDDING,
                    positions.shape(SnapshotWriter.POSITION_EMBEDDING),
                    slice(positions, SnapshotWriter.POSITION_EMBEDDING, 0)));
        }
        for (Entry entry : map.body()) {
            String ours = entry.ours().name();
            List<Long> shape = entry.ours().shape().stream().map(Integer::longValue).toList();
            if (!body.shape(ours).equals(shape)) {
                throw new IOException("The body's tensor '%s' is of shape %s, and a model such as the manifest tells has %s"
                        .formatted(ours, body.shape(ours), shape));
            }
            tensors.add(new Tensor(
                    entry.name(),
                    entry.shape(),
                    entry.transposed() ? new Transposed(body, entry) : slice(body, ours, entry.offset())));
        }
        return tensors;
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
