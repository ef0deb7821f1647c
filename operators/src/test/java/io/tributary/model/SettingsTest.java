package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SettingsTest {

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
