package io.tributary.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * What the same measurement gave, one value for each repeat, in their order.
 *
 * @param values at least one
 */
public record Samples(List<Double> values) {
    public Samples {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("There is no median of no values: measure at least once");
        }
        values = List.copyOf(values);
    }

    static Samples of(double... values) {
        return new Samples(Arrays.stream(values).boxed().toList());
    }

    /** The middle value, or the mean of the two in the middle. */
    public double median() {
        List<Double> sorted = new ArrayList<>(values);
        sorted.sort(Double::compare);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    public double smallest() {
        return values.stream().min(Double::compare).orElseThrow();
    }

    public double largest() {
        return values.stream().max(Double::compare).orElseThrow();
    }

    /** Another unit. */
    public Samples map(DoubleUnaryOperator function) {
        return new Samples(values.stream().map(function::applyAsDouble).toList());
    }

    /** Each value over that of the same repeat in other samples: machines drift, and neighbours drift together. */
    public Samples over(Samples other) {
        return with(other, (one, another) -> one / another);
    }

    Samples with(Samples other, DoubleBinaryOperator function) {
        if (values.size() != other.values.size()) {
            throw new IllegalArgumentException(
                    "%d values and %d are no pairs".formatted(values.size(), other.values.size()));
        }
        return new Samples(IntStream.range(0, values.size())
                .mapToObj(i -> function.applyAsDouble(values.get(i), other.values.get(i)))
                .toList());
    }
}
