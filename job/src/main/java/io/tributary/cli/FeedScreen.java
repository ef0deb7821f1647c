package io.tributary.cli;

import io.tributary.corpus.TextFeed.Count;
import io.tributary.plan.ByteSize;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** What a person sees of a feed: one line that is redrawn in a terminal, and a new line every ten seconds without one. */
final class FeedScreen {
    private static final long QUIET_NANOS = Duration.ofSeconds(10).toNanos();
    private static final String REDRAW = "\r\u001b[K";

    private final PrintWriter err;
    private final String source;
    private final boolean redraws = Terminal.ofProcess().redraws();
    private final long begin = System.nanoTime();
    private long nextLine = begin + QUIET_NANOS;
    private boolean drawn;

    FeedScreen(PrintWriter err, String source) {
        this.err = err;
        this.source = source;
    }

    /** A document that was left out; from any thread. */
    synchronized void report(String refusal) {
        clear();
        err.println(refusal);
        err.flush();
    }

    synchronized void progress(Count count) {
        long now = System.nanoTime();
        if (redraws) {
            err.print(REDRAW + line(count, Duration.ofNanos(now - begin)));
            drawn = true;
        } else if (now >= nextLine) {
            err.println(line(count, Duration.ofNanos(now - begin)));
            nextLine = now + QUIET_NANOS;
        }
        err.flush();
    }

    synchronized String result(String topic, long documents, long bytes, long refused) {
        clear();
        double seconds = Math.max(1e-3, (System.nanoTime() - begin) / 1e9);
        String sent = String.format(
                Locale.ROOT,
                "Sent %,d documents to %s: %s in %.1f s, %s/s",
                documents,
                topic,
                ByteSize.text(bytes),
                seconds,
                ByteSize.text(Math.round(bytes / seconds)));
        return refused == 0
                ? sent
                : sent
                        + String.format(
                                Locale.ROOT, "%n%,d documents were refused and are not there, see above", refused);
    }

    /** One line, with the time that is left where the size of the text is known. */
    String line(Count count, Duration elapsed) {
        double seconds = Math.max(1e-3, elapsed.toMillis() / 1e3);
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "%s  %s  %,d documents  %s  %s/s",
                source,
                count.name(),
                count.documents(),
                ByteSize.text(count.bytes()),
                ByteSize.text(Math.round(count.bytes() / seconds))));
        if (count.share() > 0) {
            long left = Math.round(seconds / count.share() - seconds);
            line.append(
                    String.format(Locale.ROOT, "  %.0f %%  %d:%02d left", 100 * count.share(), left / 60, left % 60));
        }
        if (count.refused() > 0) {
            line.append(String.format(Locale.ROOT, "  %,d refused", count.refused()));
        }
        return line.toString();
    }

    private void clear() {
        if (drawn) {
            err.print(REDRAW);
            drawn = false;
        }
    }
}
