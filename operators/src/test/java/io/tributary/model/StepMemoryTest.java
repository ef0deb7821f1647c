package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import io.tributary.record.Variant;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a step needs, and that it gives it back. */
class StepMemoryTest {
    private static final int PIECES = 2000;
    private static final int ROWS = 4;
    private static final int WARM_UP = 60;
    private static final int STEPS = 300;
    private static final ModelShape SHAPE = new ModelShape(2, 64, 4, 64);

    @ParameterizedTest
    @EnumSource
    void roomIsAsLargeAsStatedAndOfTheLargestSource(Precision precision) {
        try (StepEngine engine = open(SHAPE, precision);
                SharedParameters nothing = engine.newShared(0, Map.of());
                SourceModel small = engine.newSource("small", 100, SHAPE.sequenceLength(), 1);
                SourceModel large = engine.newSource("large", PIECES, SHAPE.sequenceLength(), 1)) {
            small.begin(nothing);
            large.begin(nothing);
            small.step(tokens(small, 1), ROWS, 1e-3);
            large.step(tokens(large, 1), ROWS, 1e-3);
            small.step(tokens(small, 2), ROWS, 1e-3);
            StepMemory memory = StepMemory.of(SHAPE, PIECES, ROWS, precision);
            assertThat(engine.roomBytes()).isEqualTo(memory.gradients() + memory.rounded() + memory.logits());
        }
    }

    @Test
    void logitsOfManyPiecesExistForSomeTargetsOnly() {
        assertThat(StepRoom.logits(1000, 4, 64)).isEqualTo(256_000);
        assertThat(StepRoom.logits(250_112, 1, 2048)).isLessThanOrEqualTo(StepRoom.LOGITS);
        assertThat(StepRoom.logits(250_112, 1, 2048) % 250_112).isZero();
        assertThat(StepRoom.logits(Integer.MAX_VALUE, 1, 2048)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    @EnabledOnOs(OS.LINUX) // where a process can look up what it holds
    void hundredsOfStepsLeaveNoArraysAndNoMemoryBehind() throws IOException {
        try (StepEngine engine = open(SHAPE, Precision.FP32);
                SharedParameters nothing = engine.newShared(0, Map.of());
                SourceModel source = engine.newSource("en", PIECES, SHAPE.sequenceLength(), 1);
                NDManager child = engine.newManager()) {
            source.begin(nothing);
            train(source, 0, WARM_UP);
            int arrays = arrays(child.getParentManager());
            long heldBytes = residentBytes();
            train(source, WARM_UP, WARM_UP + STEPS);
            assertThat(arrays(child.getParentManager())).isEqualTo(arrays);
            // One leaked copy of the tokens' gradient in ten steps would be 15 MB; the JVM itself moves by less than
            // that.
            assertThat(residentBytes() - heldBytes).isLessThan(12 << 20);
        }
    }

    private static StepEngine open(ModelShape shape, Precision precision) {
        return StepEngine.open(shape, precision, AdamW.defaults(), Variant.SINGLE.shared());
    }

    private static void train(SourceModel source, int from, int to) {
        for (int step = from; step < to; step++) {
            source.step(tokens(source, step), ROWS, 1e-3);
        }
    }

    private static int[] tokens(SourceModel source, int seed) {
        return new Random(seed)
                .ints((long) ROWS * (source.sequenceLength() + 1), 0, source.pieces())
                .toArray();
    }

    private static int arrays(NDManager manager) {
        return manager.getManagedArrays().size();
    }

    private static long residentBytes() throws IOException {
        String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1];
        return Long.parseLong(pages) * 4096;
    }
}
