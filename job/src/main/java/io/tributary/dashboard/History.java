package io.tributary.dashboard;

import io.tributary.record.RoundReport;
import io.tributary.record.Sample;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** What is known of a run, in memory: its reports, and what its models have written. For any number of threads. */
public final class History {
    /** Of each source; more than that are merged. */
    private static final int POINTS_KEPT = 20_000;
    /** Over which the tokens per second of the whole run are taken. */
    private static final int ROUNDS_OF_SPEED = 10;

    private final Clock clock;
    private final Map<String, SourceHistory> bySource = new TreeMap<>();
    private final List<String> expected;
    private final Map<String, Sample> written = new TreeMap<>();
    /** So that a page of an earlier server sees that this is another history. */
    private long version;

    /**
     * Starts with nothing known.
     *
     * @param expected sources that will report, as far as that is known
     */
    public History(Collection<String> expected) {
        this(expected, Clock.systemUTC());
    }

    History(Collection<String> expected, Clock clock) {
        this.expected = List.copyOf(expected);
        this.clock = clock;
        this.version = clock.millis();
    }

    /**
     * Means over rounds, the same rounds for all sources.
     *
     * @param width rounds in one bucket; 1 means that nothing was averaged
     * @param rounds the last round of each bucket
     * @param values a mean for each bucket by source, NaN where there is none
     */
    record Series(long version, long width, long[] rounds, Map<String, double[]> values) {}

    /**
     * Everything but the series.
     *
     * @param status in words
     * @param expected sources that have not reported yet
     * @param tokensPerSecond of all sources together by the clock, over the last rounds; NaN before there are two
     * @param flopsPerSecond floating-point operations of one subtask while it is in steps, over the newest report of each
     *     source; NaN where that is not known
     * @param bytesPerRound of all sources in the newest round that all have reported; NaN where that is not known
     */
    public record State(
            long version,
            String status,
            List<SourceState> sources,
            List<String> expected,
            double tokensPerSecond,
            double flopsPerSecond,
            double bytesPerRound,
            Map<String, Sample> written) {}

    /**
     * One source.
     *
     * @param rounds with at least one step
     * @param silent whether a whole round has gone by without it
     */
    public record SourceState(
            RoundReport latest,
            Instant seen,
            long rounds,
            double firstBitsPerByte,
            double lastBitsPerByte,
            boolean silent) {}

    /**
     * Takes a report in. That of a round that a source has reported before takes the place of it and of what followed.
     *
     * @param at when it was made
     */
    public synchronized void add(RoundReport report, Instant at) {
        SourceHistory known = bySource.get(report.source());
        if (known == null) {
            bySource.put(report.source(), new SourceHistory(report, at, POINTS_KEPT));
        } else {
            known.add(report, at);
        }
        version++;
    }

    /** Takes in what a model has written; the page shows the newest of each source. */
    public synchronized void add(Sample sample) {
        written.put(sample.source(), sample);
        version++;
    }

    /** Another number after each change. */
    synchronized long version() {
        return version;
    }

    long nowMillis() {
        return clock.millis();
    }

    /** How the run stands now, without its past. */
    public synchronized State state() {
        OptionalLong newest = newestRound();
        List<SourceState> sources = new ArrayList<>();
        for (SourceHistory source : bySource.values()) {
            sources.add(new SourceState(
                    source.latest(),
                    source.seen(),
                    source.roundsTakenPart(),
                    source.firstBitsPerByte(),
                    source.lastBitsPerByte(),
                    source.latest().round() < newest.orElse(0) - 1));
        }
        List<String> unseen = expected.stream()
                .filter(source -> !bySource.containsKey(source))
                .toList();
        return new State(
                version,
                Status.words(sources, unseen),
                sources,
                unseen,
                newest.isEmpty() ? Double.NaN : tokensPerSecond(newest.getAsLong()),
                flopsPerSecond(sources),
                bytesPerRound(sources),
                new TreeMap<>(written));
    }

    private OptionalLong newestRound() {
        return bySource.values().stream()
                .mapToLong(source -> source.latest().round())
                .max();
    }

    private double tokensPerSecond(long newest) {
        long oldest = Math.max(newest - ROUNDS_OF_SPEED, firstRound());
        long from = bySource.values().stream()
                .mapToLong(source -> source.millisAt(oldest))
                .max()
                .orElse(0);
        long to = bySource.values().stream()
                .mapToLong(source -> source.millisAt(newest))
                .max()
                .orElse(0);
        double tokens = bySource.values().stream()
                .mapToDouble(source -> source.tokensAfter(oldest))
                .sum();
        return from == 0 || to <= from ? Double.NaN : tokens * 1000 / (to - from);
    }

    private long firstRound() {
        return bySource.values().stream()
                .mapToLong(SourceHistory::firstRound)
                .min()
                .orElse(0);
    }

    /** A subtask is in a step of one source at a time, so this is all operations over the time of all steps. */
    private static double flopsPerSecond(List<SourceState> sources) {
        List<RoundReport> trained = sources.stream()
                .filter(source -> !source.silent())
                .map(SourceState::latest)
                .filter(report -> report.tokens() > 0 && report.flopsPerSecond() > 0)
                .toList();
        double seconds = trained.stream()
                .mapToDouble(report -> report.tokens() / report.tokensPerSecond())
                .sum();
        double flops = trained.stream()
                .mapToDouble(report -> report.tokens() * report.flopsPerToken())
                .sum();
        return trained.isEmpty() ? Double.NaN : flops / seconds;
    }

    /** Of the newest report of each source that takes part. */
    private static double bytesPerRound(List<SourceState> sources) {
        return sources.stream()
                .filter(source -> !source.silent())
                .mapToDouble(source -> Metric.BYTES.of(source.latest()))
                .filter(Double::isFinite)
                .reduce(Double::sum)
                .orElse(Double.NaN);
    }

    /**
     * The history of all sources in at most one more than so many points: the means of equal stretches of rounds, which
     * begin at multiples of their length, so that they do not move while the run goes on.
     */
    synchronized Series series(Metric metric, int points) {
        OptionalLong newest = newestRound();
        if (newest.isEmpty()) {
            return new Series(version, 1, new long[0], Map.of());
        }
        long first = firstRound();
        long last = newest.getAsLong();
        long width = (last - first + points) / points;
        long firstBucket = first / width;
        int buckets = (int) (last / width - firstBucket + 1);
        long[] rounds = new long[buckets];
        for (int i = 0; i < buckets; i++) {
            rounds[i] = Math.min(last, (firstBucket + i + 1) * width - 1);
        }
        Map<String, double[]> values = new LinkedHashMap<>();
        bySource.forEach((name, source) -> values.put(name, source.means(metric, firstBucket, buckets, width)));
        return new Series(version, width, rounds, values);
    }
}
