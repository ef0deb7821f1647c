package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HoldOutTest {
    @Test
    void theShareOfHeldOutDocumentsIsTheOneAskedFor() {
        HoldOut holdOut = HoldOut.defaults();
        long held = IntStream.range(0, 20_000)
                .filter(i -> holdOut.holds(("document " + i).getBytes(StandardCharsets.UTF_8)))
                .count();

        assertThat(held).isBetween(150L, 250L);
    }

    @Test
    void aShareOfZeroHoldsNothingOut() {
        HoldOut holdOut = new HoldOut(0, 10);

        assertThat(IntStream.range(0, 1000)
                        .noneMatch(i -> holdOut.holds(("document " + i).getBytes(StandardCharsets.UTF_8))))
                .isTrue();
    }

    @Test
    void everythingHeldOutIsRefused() {
        assertThatThrownBy(() -> new HoldOut(1, 10)).hasMessageContaining("[0, 1)");
    }
}
