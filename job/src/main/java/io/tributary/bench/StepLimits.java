package io.tributary.bench;

import io.tributary.model.HardwareProbe;
import io.tributary.model.Precision;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What the hardware would allow a step: products of the model's own matrices, and moving memory, with nothing around them.
 */
final class StepLimits implements AutoCloseable {
    /** Of each shape in each repeat. */
    private static final double SECONDS = 0.1;

    private final HardwareProbe probe = HardwareProbe.open();
    private final Map<Precision, List<Shape>> shapes = new EnumMap<>(Precision.class);
    private final HardwareProbe.Memory memory;

    StepLimits(StepSetup setup, int memoryMib) {
        for (Precision precision : Precision.values()) {
            List<Shape> own = new ArrayList<>();
            for (StepSetup.Product product : setup.products()) {
                own.add(new Shape(probe.product(product.m(), product.k(), product.n(), precision), product.times()));
            }
            shapes.put(precision, own);
        }
        memory = probe.memory(Math.multiplyExact(memoryMib, 1 << 18));
    }

    private record Shape(HardwareProbe.Product product, int timesInStep) {}

    /**
     * Rates of one moment.
     *
     * @param gemm operations in a second when all linear layers of a step's forward pass run one after the other: the
     *     mean of the rates of their shapes, weighted by time, not by operations
     * @param copyBytes read and written in a second by y = x
     * @param addBytes read and written in a second by y = x + z
     */
    record Rates(Map<Precision, Double> gemm, double copyBytes, double addBytes) {}

    Rates measure() {
        Map<Precision, Double> gemm = new EnumMap<>(Precision.class);
        shapes.forEach((precision, own) -> {
            double flops = 0;
            double seconds = 0;
            for (Shape shape : own) {
                flops += shape.timesInStep() * shape.product().flops();
                seconds += shape.timesInStep() * secondsOfOne(shape.product());
            }
            gemm.put(precision, flops / seconds);
        });
        return new Rates(gemm, memory.copyBytesPerSecond(1), memory.addBytesPerSecond(1));
    }

    private static double secondsOfOne(HardwareProbe.Product product) {
        double first = product.seconds(1);
        int times = (int) Math.max(1, Math.min(10_000, SECONDS / first));
        return product.seconds(times) / times;
    }

    @Override
    public void close() {
        probe.close();
    }
}
