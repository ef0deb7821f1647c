package io.tributary.cli;

import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import java.util.List;

/** Reports for tests. */
final class Reports {
    private Reports() {}

    static RoundReport report(String source, long round, double bitsPerByte) {
        return report(source, round, bitsPerByte, Participation.FULL);
    }

    static RoundReport report(String source, long round, double bitsPerByte, Participation participation) {
        long tokens = 1000;
        return new RoundReport(
                round,
                source,
                participation,
                20,
                tokens,
                4000,
                tokens * (round + 1),
                5.25,
                bitsPerByte,
                2.5,
                512,
                1234.6,
                1e8,
                3,
                List.of());
    }
}
