package io.tributary.dashboard;

import static io.tributary.dashboard.MadeUpRun.bits;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.dashboard.History.Series;
import io.tributary.dashboard.History.SourceState;
import io.tributary.record.Sample;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final Instant AT = MadeUpRun.START;

    @Test
    void aShortHistoryIsWhatWasReported() {
        History history = new History(List.of());
        history.add(bits("en", 0, 4), AT);
        history.add(bits("en", 1, 3), AT);
        history.add(bits("zh", 1, 5), AT);

        Series series = history.series(Metric.BITS_PER_BYTE, 10);
        assertThat(series.width()).isEqualTo(1);
        assertThat(series.rounds()).containsExactly(0, 1);
        assertThat(series.values().get("en")).containsExactly(4, 3);
        assertThat(series.values().get("zh")).containsExactly(Double.NaN, 5);
    }

    @Test
    void aLongHistoryIsTheMeansOfStretchesOfRounds() {
        History history = new History(List.of());
        for (int round = 3; round < 25; round++) {
            history.add(bits("en", round, round == 9 ? Double.NaN : round), AT);
        }

        Series series = history.series(Metric.BITS_PER_BYTE, 5);
        // 22 rounds in 5 points: 5 rounds each, from multiples of 5 on.
        assertThat(series.width()).isEqualTo(5);
        assertThat(series.rounds()).containsExactly(4, 9, 14, 19, 24);
        assertThat(series.values().get("en")).containsExactly(3.5, 6.5, 12, 17, 22);
    }

    @Test
    void bucketsStayWhereTheyAreWhileTheRunGoesOn() {
        History history = new History(List.of());
        for (int round = 0; round < 91; round++) {
            history.add(bits("en", round, round % 7), AT);
        }
        double[] before = history.series(Metric.BITS_PER_BYTE, 10).values().get("en");
        history.add(bits("en", 91, 1), AT);
        history.add(bits("en", 92, 1), AT);

        double[] after = history.series(Metric.BITS_PER_BYTE, 10).values().get("en");
        assertThat(after).startsWith(Arrays.copyOf(before, 9)).hasSize(10);
        assertThat(history.series(Metric.BITS_PER_BYTE, 10).rounds()).endsWith(92);
    }

    @Test
    void aRoundThatIsReportedAgainTakesThePlaceOfItAndWhatFollowed() {
        History history = new History(List.of());
        for (int round = 0; round < 6; round++) {
            history.add(bits("en", round, 9 - round), AT);
        }
        history.add(bits("en", 4, 1), AT);

        Series series = history.series(Metric.BITS_PER_BYTE, 10);
        assertThat(series.values().get("en")).containsExactly(9, 8, 7, 6, 1);
        SourceState source = history.state().sources().get(0);
        assertThat(source.rounds()).isEqualTo(5);
        assertThat(source.firstBitsPerByte()).isEqualTo(9);
        assertThat(source.lastBitsPerByte()).isEqualTo(1);
    }

    @Test
    void aNewRunForgetsTheOldOne() {
        History history = new History(List.of());
        history.add(bits("en", 0, 9), AT);
        history.add(bits("en", 1, 8), AT);
        history.add(bits("en", 0, Double.NaN), AT);

        SourceState source = history.state().sources().get(0);
        assertThat(source.firstBitsPerByte()).isNaN();
        assertThat(source.lastBitsPerByte()).isNaN();
        assertThat(source.rounds()).isEqualTo(1);
    }

    @Test
    void aHistoryWithoutEndIsKeptInBoundedSpaceWithoutLosingARoundOrAToken() {
        int limit = 8;
        SourceHistory source = new SourceHistory(bits("en", 0, 0), AT, limit);
        for (int round = 1; round < 1000; round++) {
            source.add(bits("en", round, round), AT.plusSeconds(round));
        }

        assertThat(source.roundsTakenPart()).isEqualTo(1000);
        assertThat(source.tokensAfter(-1)).isEqualTo(100_000);
        assertThat(source.firstBitsPerByte()).isZero();
        double[] all = source.means(Metric.BITS_PER_BYTE, 0, 1000, 1);
        assertThat(Arrays.stream(all).filter(Double::isFinite).count()).isBetween(1L, (long) limit);
        assertThat(all[999]).isEqualTo(999, within(4.0));
    }

    @Test
    void thePaceIsTokensOfAllByTheClock() {
        History history = new History(List.of());
        for (int round = 0; round < 30; round++) {
            history.add(bits("en", round, 4), AT.plusSeconds(2L * round));
            history.add(bits("zh", round, 4), AT.plusSeconds(2L * round + 1));
        }
        assertThat(history.state().tokensPerSecond()).isEqualTo(100);
    }

    @Test
    void whatASubtaskComputesIsAllOperationsOverTheTimeOfAllSteps() {
        History history = new History(List.of());
        assertThat(history.state().flopsPerSecond()).isNaN();
        history.add(bits("en", 0, 4), AT);
        assertThat(history.state().flopsPerSecond()).isNaN();

        // 100 tokens each, in two seconds and in one.
        history.add(MadeUpRun.computed("en", 1, 50, 1e6), AT.plusSeconds(1));
        history.add(MadeUpRun.computed("zh", 1, 100, 4e6), AT.plusSeconds(2));
        assertThat(history.state().flopsPerSecond()).isEqualTo((1e8 + 4e8) / 3);
    }

    @Test
    void everyChangeHasItsVersion() {
        History history = new History(List.of());
        long before = history.version();
        history.add(bits("en", 0, 4), AT);
        long between = history.version();
        history.add(new Sample(0, "en", "A", "b", 1, true));
        assertThat(List.of(before, between, history.version())).doesNotHaveDuplicates();
    }
}
