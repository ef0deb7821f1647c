package io.tributary.dashboard;

import io.tributary.record.ParameterGroup;
import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import io.tributary.record.RoundReport.Traffic;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/** Reports for tests that look like those of a run: curves that fall, with noise from a seed. */
final class MadeUpRun {
    static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    private static final List<String> SHORT = List.of("de", "en", "java", "ru", "sw", "zh");
    private static final int TOKENS = 61_440;
    private static final int SECONDS_PER_ROUND = 20;

    private MadeUpRun() {}

    /** Up to six have short names; more are numbered. */
    static List<String> names(int sources) {
        return sources <= SHORT.size()
                ? SHORT.subList(0, sources)
                : IntStream.range(0, sources)
                        .mapToObj(i -> String.format(Locale.ROOT, "source-%02d", i))
                        .toList();
    }

    static History history(int sources, int rounds) {
        List<String> names = names(sources);
        History history = new History(names);
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < sources; i++) {
                history.add(report(names.get(i), i, round), at(round, i));
            }
        }
        return history;
    }

    static Instant at(int round, int source) {
        return START.plusSeconds((long) SECONDS_PER_ROUND * round).plusMillis(10L * source);
    }

    static RoundReport report(String name, int index, int round) {
        Random random = new Random(31L * round + index);
        double floor = 1.6 + 0.12 * (index % 9);
        double bits = floor + 3.1 / Math.sqrt(1 + 0.6 * round) + 0.02 * random.nextGaussian();
        return new RoundReport(
                round,
                name,
                Participation.FULL,
                60,
                TOKENS,
                4 * TOKENS,
                (long) TOKENS * (round + 1),
                bits * 1.9,
                bits,
                4.4 + 0.05 * (index % 5),
                8192,
                2900 + 40 * (index % 7) + 60 * random.nextGaussian(),
                4.6e7,
                2,
                List.of(new Traffic(ParameterGroup.BODY, 19_000_000, 19_000_000, 2_400)));
    }

    static RoundReport bits(String name, long round, double bitsPerByte) {
        return hundredTokens(name, round, bitsPerByte, 50, Double.NaN);
    }

    static RoundReport computed(String name, long round, double tokensPerSecond, double flopsPerToken) {
        return hundredTokens(name, round, 4, tokensPerSecond, flopsPerToken);
    }

    private static RoundReport hundredTokens(
            String name, long round, double bitsPerByte, double tokensPerSecond, double flopsPerToken) {
        return new RoundReport(
                round,
                name,
                Participation.FULL,
                1,
                100,
                400,
                100 * (round + 1),
                3,
                bitsPerByte,
                4,
                512,
                tokensPerSecond,
                flopsPerToken,
                0,
                List.of());
    }
}
