package io.tributary.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Random;

/**
 * What the processor can do at best, measured with the engine that trains and on its threads: the limit that a training
 * step is compared with. A measurement is one call of native code that repeats the work; used by one thread.
 */
public final class HardwareProbe implements AutoCloseable {
    private final NDManager manager;
    private final StepProgram program;

    private HardwareProbe(NDManager manager, StepProgram program) {
        this.manager = manager;
        this.program = program;
    }

    /**
     * Opens a probe of the CPU.
     *
     * @throws IllegalStateException if the PyTorch engine or the program cannot be loaded; it says what to do
     */
    public static HardwareProbe open() {
        NDManager manager = PyTorch.newManager(Device.cpu());
        try {
            return new HardwareProbe(
                    manager, StepProgram.load(ProgramArchive.of("Probe", List.of("probe.torchscript")), Device.cpu()));
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /**
     * A matrix product [M, K] x [K, N] as in a linear layer, whose weights are stored [N, K]; of random values, since
     * zeros may take less time.
     */
    public Product product(int m, int k, int n, Precision precision) {
        if (m < 1 || k < 1 || n < 1) {
            throw new IllegalArgumentException(
                    "Matrices have at least one row and column, not %d x %d times %d x %d".formatted(m, k, k, n));
        }
        return new Product(m, k, n, precision);
    }

    /** Two vectors to be copied and added, each of so many 4-byte floats; more than the caches hold. */
    public Memory memory(int values) {
        if (values < 1) {
            throw new IllegalArgumentException("Memory is measured with at least 1 value, not " + values);
        }
        return new Memory(values);
    }

    private double seconds(String method, NDList arguments, int times) {
        if (times < 1) {
            throw new IllegalArgumentException("Work is measured at least once, not %d times".formatted(times));
        }
        try (NDManager scratch = manager.newSubManager()) {
            NDArray count = scratch.create((long) times);
            long before = System.nanoTime();
            program.call(scratch, method, List.of(arguments, new NDList(count)));
            return (System.nanoTime() - before) / 1e9;
        }
    }

    /** Matrices and their product, in native memory. */
    public final class Product implements AutoCloseable {
        private final NDManager own = manager.newSubManager();
        private final int m;
        private final int k;
        private final int n;
        private final NDArray x;
        private final NDArray w;
        private final NDArray y;

        private Product(int m, int k, int n, Precision precision) {
            this.m = m;
            this.k = k;
            this.n = n;
            Random random = new Random(1);
            x = converted(random(random, m, k), precision);
            w = converted(random(random, n, k), precision);
            y = converted(own.zeros(new Shape(m, n), DataType.FLOAT32), precision);
        }

        private NDArray random(Random random, int rows, int columns) {
            float[] values = new float[Math.multiplyExact(rows, columns)];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat() - 0.5f;
            }
            return own.create(values, new Shape(rows, columns));
        }

        private NDArray converted(NDArray values, Precision type) {
            try (values) {
                return convert(values, type);
            }
        }

        private NDArray convert(NDArray array, Precision type) {
            return program.call(own, "convert", List.of(new NDList(array), new NDList(own.create((long)
                            type.scalarType()))))
                    .get(0);
        }

        /** 2 M K N. */
        public double flops() {
            return 2.0 * m * k * n;
        }

        /**
         * Multiplies.
         *
         * @param times how often
         * @return seconds that all of them took
         */
        public double seconds(int times) {
            return HardwareProbe.this.seconds("multiply", new NDList(x, w, y), times);
        }

        /** The values of x [M, K], as the product takes them. */
        float[] left() {
            return values(x);
        }

        /** The values of w [N, K], as the product takes them. */
        float[] right() {
            return values(w);
        }

        /** The product y [M, N] that was computed last. */
        float[] result() {
            return values(y);
        }

        private float[] values(NDArray array) {
            try (NDArray values = convert(array, Precision.FP32)) {
                return values.toFloatArray();
            }
        }

        @Override
        public void close() {
            own.close();
        }
    }

    /** Vectors in native memory. */
    public final class Memory implements AutoCloseable {
        private final NDManager own = manager.newSubManager();
        private final int values;
        private final NDArray x;
        private final NDArray z;
        private final NDArray y;

        private Memory(int values) {
            this.values = values;
            x = own.ones(new Shape(values), DataType.FLOAT32);
            z = own.ones(new Shape(values), DataType.FLOAT32);
            y = own.zeros(new Shape(values), DataType.FLOAT32);
        }

        /** Bytes read and written in a second by y = x: 8 for each value. */
        public double copyBytesPerSecond(int times) {
            return 2.0 * Float.BYTES * values * times / HardwareProbe.this.seconds("copy", new NDList(x, y), times);
        }

        /** Bytes read and written in a second by y = x + z: 12 for each value. */
        public double addBytesPerSecond(int times) {
            return 3.0 * Float.BYTES * values * times / HardwareProbe.this.seconds("add", new NDList(x, z, y), times);
        }

        /** The values of y. */
        float[] result() {
            return y.toFloatArray();
        }

        @Override
        public void close() {
            own.close();
        }
    }

    @Override
    public void close() {
        program.close();
        manager.close();
    }
}
