package io.tributary.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void theMedianIsTheMiddleOrTheMeanOfTheTwoThere() {
        assertThat(Samples.of(3, 1, 2).median()).isEqualTo(2);
        assertThat(Samples.of(4, 1, 3, 2).median()).isEqualTo(2.5);
        assertThat(Samples.of(7).median()).isEqualTo(7);
    }

    @Test
    void theSpreadIsFromTheSmallestToTheLargest() {
        Samples samples = Samples.of(3, -1, 2);
        assertThat(samples.smallest()).isEqualTo(-1);
        assertThat(samples.largest()).isEqualTo(3);
    }

    @Test
    void ratiosAreThoseOfPairsAndTheirMedianIsNotThatOfTheMedians() {
        Samples ratio = Samples.of(1, 10, 100).over(Samples.of(2, 5, 400));
        assertThat(ratio).isEqualTo(Samples.of(0.5, 2, 0.25));
        assertThat(ratio.median()).isEqualTo(0.5);
        assertThatThrownBy(() -> Samples.of(1).over(Samples.of(1, 2))).hasMessage("1 values and 2 are no pairs");
    }

    @Test
    void nothingHasNoMedian() {
        assertThatThrownBy(() -> Samples.of()).hasMessageContaining("measure at least once");
    }

    @Test
    void aRowHasFourDigitsOfEachNumberAndJsonAllOfThem() {
        Figure figure = new Figure("a.b", "a, MB/s", Samples.of(0.12345, 12.345, 1234.5678));
        assertThat(figure.row()).containsExactly("a, MB/s", "12.35", "0.123", "1,235");
        assertThat(figure.json())
                .isEqualTo(Map.of(
                        "label", "a, MB/s",
                        "median", 12.345,
                        "smallest", 0.12345,
                        "largest", 1234.5678,
                        "values", List.of(0.12345, 12.345, 1234.5678)));
    }

    @Test
    void figuresOfARunDoNotHideEachOther() {
        Figure figure = new Figure("a", "a", Samples.of(1));
        assertThatThrownBy(() -> new BenchRun("run", Map.of(), List.of(figure, figure), List.of()))
                .hasMessageContaining("keys of their own");
        assertThat(new BenchRun("run", Map.of("threads", 1), List.of(figure), List.of("a note")).json())
                .containsEntry("settings", Map.of("threads", 1))
                .containsEntry("figures", Map.of("a", figure.json()))
                .containsEntry("notes", List.of("a note"));
    }
}
