package io.tributary.snapshot;

import java.util.List;
import java.util.stream.LongStream;

/**
 * A tensor to write.
 *
 * @param shape the sizes of its dimensions; empty for a scalar
 * @param values in row-major order
 */
public record Tensor(String name, List<Long> shape, FloatSource values) {
    public Tensor {
        shape = List.copyOf(shape);
        if (shape.stream().anyMatch(size -> size < 0)) {
            throw new IllegalArgumentException("The tensor '%s' has a negative size: %s".formatted(name, shape));
        }
    }

    public static Tensor of(String name, FloatSource values, long... shape) {
        return new Tensor(name, LongStream.of(shape).boxed().toList(), values);
    }

    /** How many values it has. */
    public long count() {
        return count(shape);
    }

    static long count(List<Long> shape) {
        return shape.stream().reduce(1L, Math::multiplyExact);
    }
}
