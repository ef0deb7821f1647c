package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {
    @Test
    void anArchitectureInOneWordIsReadBack() {
        for (Architecture architecture :
                List.of(new Architecture.Gpt2(Positions.ALIBI), new Architecture.Llama(2, 1376, 500_000, true))) {
            assertThat(Architecture.parse(architecture.text())).isEqualTo(architecture);
        }
        assertThat(Architecture.parse("LEARNED")).isEqualTo(new Architecture.Gpt2(Positions.LEARNED));
        assertThatThrownBy(() -> Architecture.parse("LLAMA/2")).hasMessageContaining("no architecture");
    }

    @Test
    void headsOfLlamaAreSharedEvenlyAndRotateInPairs() {
        assertThatThrownBy(() -> new ModelShape(1, 32, 4, 8, new Architecture.Llama(3, 48, 10_000, false)))
                .hasMessageContaining("3 key-value heads do not divide 4 heads");
        assertThatThrownBy(() -> new ModelShape(1, 12, 4, 8, new Architecture.Llama(2, 48, 10_000, false)))
                .hasMessageContaining("4 heads of a width of 12 have 3");
        assertThatThrownBy(() -> new Architecture.Llama(0, 48, 10_000, false)).hasMessageContaining("at least 1");
    }

    @Test
    void bf16IsChosenWhereTheProcessorMultipliesIt() {
        assertThat(Precision.of("processor : 0\nflags\t\t: fpu avx512f avx512_bf16 sse\n"))
                .isEqualTo(Precision.BF16);
        assertThat(Precision.of("flags\t\t: fpu amx_bf16\n")).isEqualTo(Precision.BF16);
        assertThat(Precision.of("flags\t\t: fpu avx2 avx512f\nmodel name : avx512_bf16\n"))
                .isEqualTo(Precision.FP32);
        assertThat(Precision.of("")).isEqualTo(Precision.FP32);
    }

    @Test
    void optimizerSettingsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new AdamW(1, 0.95, 1e-8, 0, 1)).hasMessageContaining("beta1");
        assertThatThrownBy(() -> new AdamW(0.9, -0.1, 1e-8, 0, 1)).hasMessageContaining("beta2");
        assertThatThrownBy(() -> new AdamW(0.9, 0.95, 0, 0, 1)).hasMessageContaining("epsilon > 0");
        assertThatThrownBy(() -> new AdamW(0.9, 0.95, 1e-8, Double.NaN, 1)).hasMessageContaining("weight decay");
        assertThatThrownBy(() -> new AdamW(0.9, 0.95, 1e-8, 0, 0)).hasMessageContaining("clip > 0");
    }
}
