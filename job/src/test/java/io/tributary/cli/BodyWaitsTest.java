package io.tributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.session.TrainGauges;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyWaitsTest {
    @Test
    void aRoundCountsOnceAllSubtasksWereSeenInItAndInTheNext() {
        BodyWaits waits = new BodyWaits(2);
        // The round of the first look may be half over.
        waits.look(gauges(List.of(4L, 4L), List.of(900L, 1000L)));
        waits.look(gauges(List.of(5L, 5L), List.of(1000L, 1100L)));
        waits.look(gauges(List.of(5L, 5L), List.of(1040L, 1100L)));
        assertThat(waits.rounds()).isEmpty();

        waits.look(gauges(List.of(6L, 5L), List.of(1050L, 1180L)));
        assertThat(waits.rounds()).isEmpty();
        waits.look(gauges(List.of(6L, 6L), List.of(1060L, 1200L)));
        assertThat(waits.rounds()).containsExactly(List.of(50.0, 100.0));

        // Nobody looked in round 7.
        waits.look(gauges(List.of(8L, 8L), List.of(1500L, 1600L)));
        waits.look(gauges(List.of(9L, 9L), List.of(1570L, 1610L)));
        assertThat(waits.rounds()).containsExactly(List.of(50.0, 100.0), List.of(70.0, 10.0));
    }

    @Test
    void aSubtaskThatSaysNothingYetIsWaitedFor() {
        BodyWaits waits = new BodyWaits(2);
        waits.look(gauges(List.of(1L, 1L), List.of(0L, 0L)));
        waits.look(gauges(List.of(2L), List.of(5L)));
        waits.look(gauges(List.of(3L), List.of(9L)));
        assertThat(waits.rounds()).isEmpty();
    }

    private static TrainGauges gauges(List<Long> rounds, List<Long> bodyWaits) {
        return new TrainGauges(2, rounds, List.of(), List.of(), List.of(), List.of(), bodyWaits);
    }
}
