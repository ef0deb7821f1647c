package io.tributary.cli;

import io.tributary.cli.Progress.SourceProgress;
import io.tributary.dashboard.History.SourceState;
import io.tributary.dashboard.History.State;
import io.tributary.record.RoundReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What a person sees of a run, as lines of plain ASCII; of up to 80 columns unless a source has a long name. */
final class Screen {
    private static final List<String> LIVE_HEADER =
            List.of("source", "round", "steps", "loss", "bits/byte", "unigram", "tokens/s", "part");
    private static final List<String> FINAL_HEADER =
            List.of("source", "rounds", "tokens", "loss", "first bits/byte", "last bits/byte", "unigram");

    private Screen() {}

    /**
     * Where a run is to be found.
     *
     * @param rounds how many it is to have
     * @param pageUrl of the web page that shows how it goes
     * @param webUrl of Flink's own
     */
    record Heading(int rounds, String pageUrl, String webUrl, String bootstrapServers) {}

    /** Where to look further. */
    static List<String> addresses(Heading heading) {
        return List.of(
                "Page  " + heading.pageUrl(), "Flink " + heading.webUrl() + "   Kafka " + heading.bootstrapServers());
    }

    /** The block that is redrawn while a run goes on. */
    static List<String> live(Heading heading, Progress progress, Duration elapsed) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "Round %d of %d   %s   %s tokens/s",
                progress.completedRounds(),
                heading.rounds(),
                duration(elapsed),
                count(tokensPerSecond(progress, elapsed))));
        lines.addAll(addresses(heading));
        lines.add("");
        lines.addAll(Table.render(
                LIVE_HEADER,
                progress.sources().stream()
                        .map(source -> liveRow(source.latest(), source.lastBitsPerByte()))
                        .toList()));
        return lines;
    }

    /**
     * The block that is redrawn while a run is watched.
     *
     * @param rows sources to show; with more, those that are furthest behind
     */
    static List<String> watched(State state, Instant now, int rows) {
        List<String> lines = new ArrayList<>();
        lines.add(state.status());
        if (state.sources().isEmpty()) {
            return lines;
        }
        lines.add(figures(state, now));
        lines.add("");
        lines.addAll(Table.render(
                LIVE_HEADER,
                furthestBehind(state.sources(), rows).stream()
                        .map(source -> liveRow(source.latest(), source.lastBitsPerByte()))
                        .toList()));
        int left = state.sources().size() - rows;
        if (left > 0) {
            lines.add("and " + left + " more that are not further behind");
        }
        return lines;
    }

    private static String figures(State state, Instant now) {
        Instant newest = state.sources().stream()
                .map(SourceState::seen)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        List<String> figures = new ArrayList<>();
        if (Double.isFinite(state.tokensPerSecond())) {
            figures.add(count(Math.round(state.tokensPerSecond())) + " tokens/s");
        }
        if (Double.isFinite(state.bytesPerRound())) {
            figures.add(String.format(Locale.ROOT, "%,.1f MB a round", state.bytesPerRound() / 1e6));
        }
        // Clocks of two machines differ.
        long age = Math.max(0, Duration.between(newest, now).toSeconds());
        figures.add("newest report " + duration(Duration.ofSeconds(age)) + " ago");
        return String.join("   ", figures);
    }

    /** By name, as long as there is room for all. */
    private static List<SourceState> furthestBehind(List<SourceState> sources, int rows) {
        if (sources.size() <= rows) {
            return sources;
        }
        return sources.stream()
                .sorted(Comparator.comparingLong(source -> source.latest().round()))
                .limit(rows)
                .toList();
    }

    /** What a finished run came to. */
    static List<String> result(Progress progress) {
        return Table.render(
                FINAL_HEADER, progress.sources().stream().map(Screen::resultRow).toList());
    }

    /** One report on one line, for where nothing can be redrawn. */
    static String line(RoundReport report) {
        return String.format(
                Locale.ROOT,
                "round %d  %s  %d steps  loss %s  %s bits/byte (unigram %s)  %s tokens/s  %s",
                report.round(),
                report.source(),
                report.steps(),
                decimal(report.trainLoss()),
                decimal(report.validationBitsPerByte()),
                decimal(report.unigramBitsPerByte()),
                count(Math.round(report.tokensPerSecond())),
                participation(report));
    }

    private static List<String> liveRow(RoundReport latest, double lastBitsPerByte) {
        return List.of(
                latest.source(),
                String.valueOf(latest.round()),
                String.valueOf(latest.steps()),
                decimal(latest.trainLoss()),
                decimal(lastBitsPerByte),
                decimal(latest.unigramBitsPerByte()),
                count(Math.round(latest.tokensPerSecond())),
                participation(latest));
    }

    private static List<String> resultRow(SourceProgress source) {
        RoundReport latest = source.latest();
        return List.of(
                latest.source(),
                String.valueOf(source.rounds()),
                count(latest.totalTokens()),
                decimal(latest.trainLoss()),
                decimal(source.firstBitsPerByte()),
                decimal(source.lastBitsPerByte()),
                decimal(latest.unigramBitsPerByte()));
    }

    private static long tokensPerSecond(Progress progress, Duration elapsed) {
        return progress.tokens() * 1000 / Math.max(1, elapsed.toMillis());
    }

    private static String participation(RoundReport report) {
        return report.participation().name().toLowerCase(Locale.ROOT);
    }

    private static String decimal(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "-";
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String duration(Duration elapsed) {
        return String.format(Locale.ROOT, "%d:%02d", elapsed.toMinutes(), elapsed.toSecondsPart());
    }
}
