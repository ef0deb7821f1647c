package io.tributary.flow;

/** Rows of a flat matrix. */
final class Rows {
    private Rows() {}

    /** The rows one behind the other. */
    static float[] gather(float[] matrix, int[] rows, int width) {
        float[] gathered = new float[Math.multiplyExact(rows.length, width)];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(matrix, rows[i] * width, gathered, i * width, width);
        }
        return gathered;
    }

    /** Back to where {@link #gather} took them from. */
    static void scatter(float[] gathered, int[] rows, int width, float[] matrix) {
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(gathered, i * width, matrix, rows[i] * width, width);
        }
    }
}
