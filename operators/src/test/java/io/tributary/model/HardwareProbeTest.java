package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HardwareProbeTest {
    private static final int M = 5;
    private static final int K = 32;
    private static final int N = 7;

    @ParameterizedTest
    @EnumSource(Precision.class)
    void theProductThatIsTimedIsTheProduct(Precision precision) {
        try (HardwareProbe probe = HardwareProbe.open();
                HardwareProbe.Product product = probe.product(M, K, N, precision)) {
            assertThat(product.result()).containsOnly(0);
            assertThat(product.seconds(2)).isPositive();
            assertThat(product.flops()).isEqualTo(2.0 * M * K * N);

            float[] x = product.left();
            float[] w = product.right();
            float[] y = product.result();
            // The inputs are exact in either type, and the result is rounded once to 8 bits in bfloat16.
            double rounding = precision == Precision.BF16 ? 0x1p-8 : 1e-5;
            for (int row = 0; row < M; row++) {
                for (int column = 0; column < N; column++) {
                    double sum = 0;
                    for (int i = 0; i < K; i++) {
                        sum += (double) x[row * K + i] * w[column * K + i];
                    }
                    assertThat((double) y[row * N + column])
                            .isCloseTo(sum, within(rounding * Math.max(0.1, Math.abs(sum))));
                }
            }
        }
    }

    @Test
    void memoryIsCopiedAndAdded() {
        try (HardwareProbe probe = HardwareProbe.open();
                HardwareProbe.Memory memory = probe.memory(1000)) {
            assertThat(memory.copyBytesPerSecond(3)).isPositive();
            assertThat(memory.result()).hasSize(1000).containsOnly(1);
            assertThat(memory.addBytesPerSecond(3)).isPositive();
            assertThat(memory.result()).containsOnly(2);
        }
    }

    @Test
    void nothingIsNotMeasured() {
        try (HardwareProbe probe = HardwareProbe.open();
                HardwareProbe.Memory memory = probe.memory(1)) {
            assertThatThrownBy(() -> memory.copyBytesPerSecond(0)).hasMessageContaining("not 0 times");
            assertThatThrownBy(() -> probe.memory(0)).hasMessageContaining("not 0");
            assertThatThrownBy(() -> probe.product(1, 0, 1, Precision.FP32)).hasMessageContaining("1 x 0 times 0 x 1");
        }
    }
}
