package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.ParameterGroup;
import io.tributary.record.TensorId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/**
 * OpenMP keeps its number of threads per thread, and the bits of a step depend on it. So a step from a thread that the
 * engine has never seen must not fall back to the number of cores. A JVM of its own, since the number is read once.
 */
class FreshThreadTest {

    @Test
    void aFreshThreadComputesTheBitsOfTheThreadThatLoadedTheEngine() throws Exception {
        List<String> two = run("2");
        assertThat(two).hasSize(3);
        assertThat(two.get(1)).isEqualTo(two.get(0));
        assertThat(two.get(2)).isEqualTo(two.get(0));
        // The shape is large enough for the number of threads to show.
        assertThat(run("1").get(0)).isNotEqualTo(two.get(0));
    }

    private static List<String> run(String threads) throws IOException, InterruptedException {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dai.djl.pytorch.num_threads=" + threads,
                "-cp",
                System.getProperty("java.class.path"),
                ThreeRuns.class.getName());
        java.environment().remove("OMP_NUM_THREADS");
        java.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process = java.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return output.lines().filter(line -> line.startsWith("bits")).toList();
    }

    /** Trains the same model in this thread and in two fresh ones, and prints a line of its bits each time. */
    static final class ThreeRuns {
        private static final ModelShape SHAPE = new ModelShape(1, 64, 4, 64);
        private static final int PIECES = 1000;
        private static final int ROWS = 8;
        private static final TensorId BODY = TensorId.parameters(ParameterGroup.BODY);

        public static void main(String[] arguments) throws Exception {
            System.out.println(train());
            for (int i = 0; i < 2; i++) {
                FutureTask<String> task = new FutureTask<>(ThreeRuns::train);
                new Thread(task).start();
                System.out.println(task.get());
            }
        }

        private static String train() {
            try (StepEngine engine =
                            StepEngine.open(SHAPE, Precision.FP32, AdamW.defaults(), Set.of(ParameterGroup.BODY));
                    SharedParameters body = engine.newShared(0, Map.of(BODY, SHAPE.bodyParameters()));
                    SourceModel source = engine.newSource("en", PIECES, SHAPE.sequenceLength(), 1)) {
                float[] parameters = new float[(int) SHAPE.bodyParameters()];
                Initializer.body(SHAPE, 1, 0, parameters);
                body.put(BODY, 0, parameters);
                source.begin(body);
                int[] tokens = new Random(1)
                        .ints(ROWS * (SHAPE.sequenceLength() + 1L), 0, PIECES)
                        .toArray();
                for (int step = 0; step < 3; step++) {
                    source.step(tokens, ROWS, 1e-3);
                }
                source.delta(body, BODY, 0, parameters);
                return "bits " + Arrays.hashCode(parameters);
            }
        }
    }
}
