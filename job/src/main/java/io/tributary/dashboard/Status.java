package io.tributary.dashboard;

import io.tributary.dashboard.History.SourceState;
import java.util.ArrayList;
import java.util.List;

/** How a run stands, in words. */
final class Status {
    private static final int NAMES = 5;

    private Status() {}

    /**
     * One sentence.
     *
     * @param unseen sources that are expected and have not reported
     */
    static String words(List<SourceState> sources, List<String> unseen) {
        if (sources.isEmpty()) {
            return unseen.isEmpty() ? "No report yet" : "No report yet, waiting for " + names(unseen);
        }
        long round = sources.stream()
                .mapToLong(source -> source.latest().round())
                .max()
                .orElseThrow();
        List<String> waiting = new ArrayList<>(unseen);
        List<String> silent = new ArrayList<>();
        int done = 0;
        for (SourceState source : sources) {
            if (source.latest().round() == round) {
                done++;
            } else {
                (source.silent() ? silent : waiting).add(source.latest().source());
            }
        }
        String words = waiting.isEmpty() ? all(round, done) : some(round, done, waiting);
        return silent.isEmpty() ? words : words + "; no sign of " + names(silent);
    }

    private static String all(long round, int done) {
        return "Round %d: %s done".formatted(round, done == 1 ? "1 source" : "all " + done + " sources");
    }

    private static String some(long round, int done, List<String> waiting) {
        return "Round %d: %d of %d sources done, waiting for %s"
                .formatted(round, done, done + waiting.size(), names(waiting));
    }

    private static String names(List<String> sources) {
        return sources.size() <= NAMES
                ? String.join(", ", sources)
                : String.join(", ", sources.subList(0, NAMES)) + " and " + (sources.size() - NAMES) + " more";
    }
}
