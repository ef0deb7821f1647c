package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.record.TokenBlocks;
import org.junit.jupiter.api.Test;

class UnigramCountsTest {
    @Test
    void fourEquallyFrequentTokensAreTwoBitsEach() {
        UnigramCounts counts = new UnigramCounts(4);
        counts.add(new TokenBlocks(new int[] {0, 0, 1, 0, 2, 3}, 2, 8));

        assertThat(counts.tokens()).isEqualTo(4);
        // The inputs that begin the two rows are no targets: 0, 1, 2 and 3 are, once each, over 8 bytes.
        assertThat(counts.bitsPerByte()).isCloseTo(4 * 2 / 8.0, within(1e-12));
    }

    @Test
    void withoutTokensThereIsNoEntropy() {
        assertThat(new UnigramCounts(4).bitsPerByte()).isNaN();
    }
}
