package io.tributary.round;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.record.SourceId;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SamplingTest {
    @Test
    void everyoneTakesPartWhenTheShareIsOne() {
        Sampling sampling = new Sampling(1, 3, Set.copyOf(sources(0, 3)));

        assertThat(sources(0, 5)).allMatch(source -> sampling.chosen(9, source));
    }

    /** 0.07 times 100 is a little more than 7 in binary. */
    @ParameterizedTest
    @CsvSource({"0.5, 7, 4", "0.001, 3, 1", "0.07, 100, 7", "0.3, 10, 3", "0.99, 10, 10"})
    void ofTheListedSourcesAFixedNumberIsChosen(double share, int listed, int chosen) {
        List<SourceId> sources = sources(0, listed);
        Sampling sampling = new Sampling(share, 5, Set.copyOf(sources));

        for (long round = 0; round < 100; round++) {
            assertThat(chosen(sampling, round, sources)).hasSize(chosen);
        }
    }

    /** Deviation of the count: the square root of 10,000 * 0.3 * 0.7, that is 46. */
    @Test
    void everySourceIsChosenAsOftenAsTheShareSays() {
        List<SourceId> listed = sources(0, 10);
        List<SourceId> unlisted = sources(-5, 0);
        Sampling sampling = new Sampling(0.3, 11, Set.copyOf(listed));

        for (List<SourceId> all : List.of(listed, unlisted)) {
            for (SourceId source : all) {
                long rounds = LongStream.range(0, 10_000)
                        .filter(round -> sampling.chosen(round, source))
                        .count();
                assertThat(rounds).as("rounds of %s", source).isCloseTo(3000, within(230L));
            }
        }
    }

    /** Computed once by another implementation of the formula: a change of it would change runs that are resumed. */
    @Test
    void theDrawNeverChanges() {
        List<SourceId> listed = sources(0, 6);
        Sampling seven = new Sampling(0.5, 7, Set.copyOf(listed));
        Sampling minusOne = new Sampling(0.5, -1, Set.copyOf(listed));
        Sampling nobodyListed = new Sampling(0.5, 7, Set.of());

        assertThat(chosen(seven, 0, listed)).containsExactly(2, 3, 4);
        assertThat(chosen(seven, 1, listed)).containsExactly(0, 4, 5);
        assertThat(chosen(minusOne, 0, listed)).containsExactly(0, 1, 4);
        assertThat(chosen(minusOne, 3, listed)).containsExactly(3, 4, 5);
        assertThat(chosen(nobodyListed, 0, sources(-3, 10))).containsExactly(-2, -1, 1, 2, 3, 4, 5, 6);
        assertThat(chosen(nobodyListed, 4, sources(-3, 10))).containsExactly(-1, 0, 1, 2, 3, 4);
    }

    @Test
    void sourcesWithTheSameKeyAreDrawnEachByItself() {
        SourceId first = new SourceId("a", 4);
        SourceId second = new SourceId("b", 4);
        Sampling sampling = new Sampling(0.5, 0, Set.of(first, second));

        assertThat(LongStream.range(0, 1000)
                        .filter(round -> sampling.chosen(round, first))
                        .count())
                .isBetween(400L, 600L);
        assertThat(LongStream.range(0, 1000))
                .allMatch(round -> sampling.chosen(round, first) != sampling.chosen(round, second));
    }

    @Test
    void aShareOfNothingIsRefused() {
        assertThatThrownBy(() -> new Sampling(0, 0, Set.of())).hasMessageContaining("share");
        assertThatThrownBy(() -> new Sampling(1.1, 0, Set.of())).hasMessageContaining("share");
        assertThatThrownBy(() -> new Sampling(Double.NaN, 0, Set.of())).hasMessageContaining("share");
    }

    private static List<SourceId> sources(int fromKey, int toKey) {
        return IntStream.range(fromKey, toKey)
                .mapToObj(key -> new SourceId("s" + key, key))
                .toList();
    }

    private static List<Integer> chosen(Sampling sampling, long round, List<SourceId> sources) {
        return sources.stream()
                .filter(source -> sampling.chosen(round, source))
                .map(SourceId::key)
                .toList();
    }
}
