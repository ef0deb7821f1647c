package io.tributary.dashboard;

import static io.tributary.dashboard.MadeUpRun.bits;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatusTest {
    @Test
    void saysWhatItWaitsForBeforeTheFirstReport() {
        assertThat(new History(List.of()).state().status()).isEqualTo("No report yet");
        assertThat(new History(List.of("en", "zh")).state().status()).isEqualTo("No report yet, waiting for en, zh");
    }

    @Test
    void saysThatARoundIsDone() {
        assertThat(status(List.of(), 7)).isEqualTo("Round 7: 1 source done");
        assertThat(status(List.of(), 7, 7, 7)).isEqualTo("Round 7: all 3 sources done");
    }

    @Test
    void namesThoseThatLag() {
        assertThat(status(List.of("s0", "new"), 12, 12, 11, 11))
                .isEqualTo("Round 12: 2 of 5 sources done, waiting for new, s2, s3");
    }

    @Test
    void tellsThoseThatLagFromThoseThatAreGone() {
        assertThat(status(List.of(), 12, 3, 11))
                .isEqualTo("Round 12: 1 of 2 sources done, waiting for s2; no sign of s1");
    }

    @Test
    void namesFiveAtTheMost() {
        assertThat(status(List.of(), 2, 1, 1, 1, 1, 1, 1, 1))
                .isEqualTo("Round 2: 1 of 8 sources done, waiting for s1, s2, s3, s4, s5 and 2 more");
    }

    private static String status(List<String> expected, int... rounds) {
        History history = new History(expected);
        for (int i = 0; i < rounds.length; i++) {
            history.add(bits("s" + i, rounds[i], 4), MadeUpRun.START);
        }
        return history.state().status();
    }
}
