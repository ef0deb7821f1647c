package io.tributary.cli;

import io.tributary.record.RoundReport;
import io.tributary.record.RoundReport.Participation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is known of a run from its reports. */
final class Progress {
    private final Map<String, SourceProgress> bySource = new TreeMap<>();
    private final int expectedSources;

    /** Starts with nothing known, of this many sources. */
    Progress(int expectedSources) {
        this.expectedSources = expectedSources;
    }

    /**
     * What is known of one source.
     *
     * @param latest its newest report
     * @param rounds in which it took part
     * @param firstBitsPerByte its first validation; NaN before that
     * @param lastBitsPerByte its newest validation; NaN before the first
     */
    record SourceProgress(RoundReport latest, long rounds, double firstBitsPerByte, double lastBitsPerByte) {
        static SourceProgress startingWith(RoundReport report) {
            return new SourceProgress(
                    report, tookPart(report), report.validationBitsPerByte(), report.validationBitsPerByte());
        }

        SourceProgress then(RoundReport report) {
            double bitsPerByte = report.validationBitsPerByte();
            return new SourceProgress(
                    report,
                    rounds + tookPart(report),
                    Double.isNaN(firstBitsPerByte) ? bitsPerByte : firstBitsPerByte,
                    Double.isNaN(bitsPerByte) ? lastBitsPerByte : bitsPerByte);
        }

        private static int tookPart(RoundReport report) {
            return report.participation() == Participation.ABSTAINED ? 0 : 1;
        }
    }

    /**
     * Takes a report in.
     *
     * @return whether it is new; a round that is reported again, as after a recovery, is not
     */
    boolean add(RoundReport report) {
        SourceProgress known = bySource.get(report.source());
        if (known != null && report.round() <= known.latest().round()) {
            return false;
        }
        bySource.put(report.source(), known == null ? SourceProgress.startingWith(report) : known.then(report));
        return true;
    }

    /** The sources that have reported, by name. */
    List<SourceProgress> sources() {
        return new ArrayList<>(bySource.values());
    }

    /** Rounds that every source has reported; rounds are counted from 0. */
    long completedRounds() {
        if (bySource.size() < expectedSources) {
            return 0;
        }
        return 1
                + bySource.values().stream()
                        .mapToLong(source -> source.latest().round())
                        .min()
                        .orElse(-1);
    }

    /** Trained tokens of all sources. */
    long tokens() {
        return bySource.values().stream()
                .mapToLong(source -> source.latest().totalTokens())
                .sum();
    }
}
