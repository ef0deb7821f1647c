package io.tributary.cli;

import static io.tributary.cli.Reports.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.atIndex;

import io.tributary.cli.Screen.Heading;
import io.tributary.dashboard.History;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private final Progress progress = new Progress(2);

    @Test
    void theLiveBlockHasARowForEachSource() {
        progress.add(report("slavic", 0, Double.NaN));
        progress.add(report("en", 0, 4));
        progress.add(report("en", 1, 3.5));
        Heading heading = new Heading(20, "http://127.0.0.1:8082/", "http://127.0.0.1:8081", "127.0.0.1:9092");

        assertThat(Screen.live(heading, progress, Duration.ofSeconds(75)))
                .containsExactly(
                        "Round 1 of 20   1:15   40 tokens/s",
                        "Page  http://127.0.0.1:8082/",
                        "Flink http://127.0.0.1:8081   Kafka 127.0.0.1:9092",
                        "",
                        "source  round  steps   loss  bits/byte  unigram  tokens/s  part",
                        "en          1     20  5.250      3.500    2.500     1,235  full",
                        "slavic      0     20  5.250          -    2.500     1,235  full");
    }

    @Test
    void aWatchedRunIsASentenceItsFiguresAndItsSources() {
        History history = new History(List.of());
        history.add(report("en", 0, 4), START);
        history.add(report("en", 1, 3.5), START.plusSeconds(10));
        history.add(report("slavic", 0, Double.NaN), START.plusSeconds(5));

        assertThat(Screen.watched(history.state(), START.plusSeconds(95), 2))
                .contains("Round 1: 1 of 2 sources done, waiting for slavic", atIndex(0))
                .anyMatch(line -> line.endsWith("newest report 1:25 ago"))
                .endsWith(
                        "",
                        "source  round  steps   loss  bits/byte  unigram  tokens/s  part",
                        "en          1     20  5.250      3.500    2.500     1,235  full",
                        "slavic      0     20  5.250          -    2.500     1,235  full");
    }

    @Test
    void withTooLittleRoomThoseFurthestBehindAreShown() {
        History history = new History(List.of());
        history.add(report("a", 3, 4), START);
        history.add(report("b", 3, 4), START);
        history.add(report("c", 2, 4), START);

        assertThat(Screen.watched(history.state(), START, 1))
                .endsWith(
                        "source  round  steps   loss  bits/byte  unigram  tokens/s  part",
                        "c           2     20  5.250      4.000    2.500     1,235  full",
                        "and 2 more that are not further behind");
    }

    @Test
    void aRunWithoutReportsIsWatchedAllTheSame() {
        assertThat(Screen.watched(new History(List.of()).state(), START, 9)).containsExactly("No report yet");
    }

    @Test
    void theResultShowsHowFarEachSourceCame() {
        progress.add(report("en", 0, 4));
        progress.add(report("en", 1, 3.5));

        assertThat(Screen.result(progress))
                .containsExactly(
                        "source  rounds  tokens   loss  first bits/byte  last bits/byte  unigram",
                        "en           2   2,000  5.250            4.000           3.500    2.500");
    }

    @Test
    void aReportFitsOnALine() {
        assertThat(Screen.line(report("en", 7, 3.5)))
                .isEqualTo("round 7  en  20 steps  loss 5.250  3.500 bits/byte (unigram 2.500)  1,235 tokens/s  full");
    }

    @Test
    void columnsAreAsWideAsTheirWidestCell() {
        assertThat(Table.render(List.of("a", "b"), List.of(List.of("long", "1"), List.of("x", "12345"))))
                .containsExactly("a         b", "long      1", "x     12345");
    }
}
