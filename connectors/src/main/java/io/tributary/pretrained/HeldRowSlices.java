package io.tributary.pretrained;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * The token embeddings of a vocabulary of which each source holds some rows (variant TRIM). A row that several hold is
 * the same in all; one that nobody holds was never trained.
 */
final class HeldRowSlices implements Slices {
    private static final int NOBODY = -1;

    private final int width;
    private final List<Slices> holders;
    /** For each row of the vocabulary the index of a source that holds it, and its row there. */
    private final int[] holderOf;

    private final int[] rowOf;

    /**
     * @param held for each source the rows of the vocabulary that it holds, in the order of its own
     * @param holders the rows of each
     */
    HeldRowSlices(int pieces, int width, List<int[]> held, List<Slices> holders) throws IOException {
        this.width = width;
        this.holders = holders;
        holderOf = new int[pieces];
        rowOf = new int[pieces];
        Arrays.fill(holderOf, NOBODY);
        for (int holder = 0; holder < held.size(); holder++) {
            int[] rows = held.get(holder);
            if ((long) rows.length * width != holders.get(holder).size()
                    || Arrays.stream(rows).anyMatch(row -> row < 0 || row >= pieces)) {
                throw new IOException(
                        "A source holds %,d of %,d pieces, and has embeddings of %,d values: the snapshot is damaged"
                                .formatted(
                                        rows.length, pieces, holders.get(holder).size()));
            }
            for (int row = 0; row < rows.length; row++) {
                holderOf[rows[row]] = holder;
                rowOf[rows[row]] = row;
            }
        }
    }

    @Override
    public long size() {
        return (long) holderOf.length * width;
    }

    @Override
    public void overwrite(long from, float[] values) throws IOException {
        long end = from + values.length;
        for (long at = from; at < end; ) {
            int id = (int) (at / width);
            int column = (int) (at % width);
            int count = (int) Math.min(width - column, end - at);
            if (holderOf[id] != NOBODY) {
                float[] some = new float[count];
                holders.get(holderOf[id]).overwrite((long) rowOf[id] * width + column, some);
                System.arraycopy(some, 0, values, (int) (at - from), count);
            }
            at += count;
        }
    }

    @Override
    public void close() throws IOException {
        for (Slices holder : holders) {
            holder.close();
        }
    }
}
