package io.tributary.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FrontierTest {
    @Test
    void nothingBehindADocumentThatIsUnderWayCounts() {
        Frontier frontier = new Frontier(5);
        List<Frontier.Mark> marks = List.of(frontier.open(10), frontier.open(20), frontier.open(30));
        frontier.settle(marks.get(2));
        frontier.settle(marks.get(1));
        assertThat(frontier.offset()).isEqualTo(5);
        frontier.settle(marks.get(0));
        assertThat(frontier.offset()).isEqualTo(30);
    }
}
