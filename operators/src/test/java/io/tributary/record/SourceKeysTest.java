package io.tributary.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;

class SourceKeysTest {
    @Test
    void noSubtaskHoldsMoreThanOneSourceAboveTheEvenShare() {
        int even = 0;
        for (int sources = 2; sources <= 32; sources++) {
            List<String> names =
                    IntStream.range(0, sources).mapToObj(i -> "s" + i).toList();
            for (int parallelism = 1; parallelism <= 16; parallelism++) {
                int[] held = new int[parallelism];
                for (SourceId source : SourceKeys.of(names).values()) {
                    held[
                            KeyGroupRangeAssignment.assignKeyToParallelOperator(
                                    source, SourceKeys.MAX_PARALLELISM, parallelism)]++;
                }
                int fairShare = (sources + parallelism - 1) / parallelism;
                int most = IntStream.of(held).max().getAsInt();
                assertThat(most)
                        .as("%d sources on %d subtasks", sources, parallelism)
                        .isLessThanOrEqualTo(fairShare + 1);
                even += most == fairShare ? 1 : 0;
            }
        }
        assertThat(even).as("cases that are even, of 496").isEqualTo(468);
    }

    @Test
    void aSourceAddedAtTheEndMovesNoOther() {
        assertThat(SourceKeys.of(List.of("a", "b", "c")).values())
                .startsWith(SourceKeys.of(List.of("a", "b")).values().toArray(SourceId[]::new));
    }

    @Test
    void sourcesWithOneKeyAreStillTwo() {
        assertThat(new SourceId("a", 7)).isNotEqualTo(new SourceId("b", 7)).hasSameHashCodeAs(new SourceId("b", 7));
    }

    @Test
    void aSourceListedTwiceIsRefused() {
        assertThatThrownBy(() -> SourceKeys.of(List.of("a", "a"))).hasMessageContaining("'a' is listed twice");
    }
}
