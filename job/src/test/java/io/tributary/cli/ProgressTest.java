package io.tributary.cli;

import static io.tributary.cli.Reports.report;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.cli.Progress.SourceProgress;
import io.tributary.record.RoundReport.Participation;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final Progress progress = new Progress(2);

    @Test
    void keepsTheFirstAndTheLastValidation() {
        progress.add(report("en", 0, Double.NaN));
        progress.add(report("en", 1, 4.0));
        progress.add(report("en", 2, 3.0));
        progress.add(report("en", 3, Double.NaN));

        SourceProgress en = progress.sources().get(0);
        assertThat(en.firstBitsPerByte()).isEqualTo(4.0);
        assertThat(en.lastBitsPerByte()).isEqualTo(3.0);
    }

    @Test
    void aRoundIsCompleteWhenEverySourceHasReportedIt() {
        progress.add(report("en", 0, 4));
        progress.add(report("en", 1, 4));
        assertThat(progress.completedRounds()).isZero();
        progress.add(report("de", 0, 4));
        assertThat(progress.completedRounds()).isEqualTo(1);
        progress.add(report("de", 1, 4));
        assertThat(progress.completedRounds()).isEqualTo(2);
    }

    @Test
    void aRoundThatIsReportedAgainChangesNothing() {
        assertThat(progress.add(report("en", 1, 4))).isTrue();
        assertThat(progress.add(report("en", 1, 3))).isFalse();
        assertThat(progress.sources().get(0).lastBitsPerByte()).isEqualTo(4);
        assertThat(progress.sources().get(0).rounds()).isEqualTo(1);
    }

    @Test
    void anAbstainingSourceHasNotTakenPart() {
        progress.add(report("en", 0, 4));
        progress.add(report("en", 1, 4, Participation.ABSTAINED));
        assertThat(progress.sources().get(0).rounds()).isEqualTo(1);
    }

    @Test
    void addsTheTokensOfAllSources() {
        progress.add(report("en", 0, 4));
        progress.add(report("en", 1, 4));
        progress.add(report("de", 0, 4));
        assertThat(progress.tokens()).isEqualTo(3000);
    }
}
