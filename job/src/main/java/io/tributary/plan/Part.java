package io.tributary.plan;

/**
 * Some of the bytes of a memory or a checkpoint.
 *
 * @param remedy what makes it smaller
 */
public record Part(String name, long bytes, String remedy) {
    public Part {
        if (bytes < 0) {
            throw new IllegalArgumentException("%s takes a negative number of bytes: %d".formatted(name, bytes));
        }
    }
}
