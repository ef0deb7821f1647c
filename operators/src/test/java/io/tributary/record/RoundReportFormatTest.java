package io.tributary.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.record.RoundReport.Participation;
import io.tributary.record.RoundReport.Traffic;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoundReportFormatTest {
    private static final int TAG_OFFSET = Long.BYTES + Integer.BYTES + "arxiv".length();

    private final RoundReportFormat format = new RoundReportFormat();

    @ParameterizedTest
    @EnumSource(Participation.class)
    void everyFieldComesBack(Participation participation) throws IOException {
        RoundReport report = report(participation);

        assertThat(WireRoundTrip.through(format, report)).isEqualTo(report);
    }

    @Test
    void unknownParticipationIsNamed() throws IOException {
        byte[] bytes = WireRoundTrip.bytes(format, report(Participation.FULL));
        bytes[TAG_OFFSET] = 77;

        assertThatThrownBy(() -> format.read(1, new DataInputDeserializer(bytes)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("participation has the tag 77");
    }

    private static RoundReport report(Participation participation) {
        return new RoundReport(
                12,
                "arxiv",
                participation,
                500,
                1L << 33,
                1L << 35,
                1L << 40,
                3.25,
                Double.NaN,
                2.5,
                8192,
                3100.5,
                9.5e8,
                4,
                List.of(
                        new Traffic(ParameterGroup.BODY, 1L << 34, 1L << 35, 90),
                        new Traffic(ParameterGroup.TOKENS, 7, 8, 9)));
    }
}
