package io.tributary.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteSizeTest {
    @Test
    void shortNumbersAreExactAndLongOnesHaveAUnit() {
        assertThat(ByteSize.text(0)).isEqualTo("0 B");
        assertThat(ByteSize.text(99_999)).isEqualTo("99,999 B");
        assertThat(ByteSize.text(100_000)).isEqualTo("97.66 KiB");
        assertThat(ByteSize.text(3L << 30)).isEqualTo("3.00 GiB");
        assertThat(ByteSize.text(Long.MAX_VALUE)).isEqualTo("8.00 EiB");
    }
}
