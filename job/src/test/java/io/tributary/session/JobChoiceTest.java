package io.tributary.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobChoiceTest {
    private static final JobSummary NEWS = job("aa01", "news", false);
    private static final JobSummary CODE = job("aa02", "code", false);
    private static final JobSummary OLD_NEWS = job("bb01", "news", true);
    private static final JobSummary OLDER_NEWS = job("bb02", "news", true);

    @Test
    void theOnlyJobThatRunsIsMeantByItself() throws Exception {
        assertThat(JobChoice.choose(List.of(NEWS, OLD_NEWS), Optional.empty(), true))
                .isEqualTo(NEWS);
    }

    @Test
    void severalThatRunAreListed() {
        assertThatThrownBy(() -> JobChoice.choose(List.of(NEWS, CODE, OLD_NEWS), Optional.empty(), false))
                .hasMessageStartingWith("Several jobs run, name one:")
                .hasMessageContainingAll("aa01  RUNNING  news", "aa02  RUNNING  code");
    }

    @Test
    void aJobIsNamedByItsNameOrTheBeginningOfItsId() throws Exception {
        List<JobSummary> jobs = List.of(NEWS, CODE, OLD_NEWS);
        assertThat(JobChoice.choose(jobs, Optional.of("code"), false)).isEqualTo(CODE);
        assertThat(JobChoice.choose(jobs, Optional.of("aa01"), false)).isEqualTo(NEWS);
        assertThat(JobChoice.choose(jobs, Optional.of("bb"), true)).isEqualTo(OLD_NEWS);
        assertThatThrownBy(() -> JobChoice.choose(jobs, Optional.of("aa"), false))
                .hasMessageStartingWith("Several jobs are called aa or have ids that begin so, name one:");
    }

    @Test
    void oneThatRunsComesBeforeThoseThatHaveEnded() throws Exception {
        assertThat(JobChoice.choose(List.of(NEWS, OLD_NEWS), Optional.of("news"), true))
                .isEqualTo(NEWS);
        assertThatThrownBy(() -> JobChoice.choose(List.of(OLD_NEWS, OLDER_NEWS), Optional.of("news"), true))
                .hasMessageContainingAll("bb01  FINISHED", "bb02  FINISHED");
    }

    @Test
    void whatIsNotThereIsRefusedWithWhatThereIs() {
        assertThatThrownBy(() -> JobChoice.choose(List.of(OLD_NEWS), Optional.of("news"), false))
                .hasMessage("No job that runs is called news or has an id that begins so; there are none");
        assertThatThrownBy(() -> JobChoice.choose(List.of(CODE), Optional.of("news"), false))
                .hasMessageContaining("aa02  RUNNING  code");
        assertThatThrownBy(() -> JobChoice.choose(List.of(OLD_NEWS), Optional.empty(), true))
                .hasMessageStartingWith("No job runs");
    }

    private static JobSummary job(String id, String name, boolean ended) {
        return new JobSummary(id, name, ended ? "FINISHED" : "RUNNING", ended, Instant.EPOCH);
    }
}
