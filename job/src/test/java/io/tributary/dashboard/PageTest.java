package io.tributary.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.Sample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a browser shows it. */
class PageTest {
    private static final int LIMIT_SECONDS = 120;

    @TempDir
    Path folder;

    @Test
    void aBrowserShowsTheFiguresAndComplainsOfNothing() throws Exception {
        History history = MadeUpRun.history(6, 12);
        history.add(MadeUpRun.report("de", 0, 12), MadeUpRun.at(12, 0));
        history.add(new Sample(11, "zh", "A ", "<b id=evil>river</b>", 9, false));
        Shown shown = show(history);

        assertThat(shown.document())
                .contains("Round 12: 1 of 6 sources done, waiting for en, java, ru, sw, zh")
                // Its tokens, with narrow spaces, and its last bits per byte.
                .contains("798\u202f720")
                .contains(String.format(
                        Locale.ROOT, "%.3f", MadeUpRun.report("zh", 5, 11).validationBitsPerByte()))
                .contains("round 11")
                .containsPattern("13\\d GFLOP/s in steps, 6\\d % of its peak")
                .contains("<canvas")
                .contains("&lt;b id=evil&gt;")
                .doesNotContain("<b id=");
        assertThat(count(shown.document(), "<tr role=\"row\" data-colour=")).isEqualTo(6);
        assertThat(shown.complaints()).isEmpty();
    }

    @Test
    void fiftySourcesOfTenThousandRoundsAreShown() throws Exception {
        Shown shown = show(MadeUpRun.history(50, 10_000));

        assertThat(shown.document())
                .contains("Round 9999: all 50 sources done")
                .contains("Choose up to 7")
                .contains("source-49")
                .contains("median");
        assertThat(shown.complaints()).isEmpty();
    }

    private record Shown(String document, List<String> complaints) {}

    private Shown show(History history) throws Exception {
        Optional<Path> browser = browser();
        if (browser.isEmpty()) {
            String reason = "Chromium is not installed (Debian's chromium), so the page is not tried in a browser";
            System.err.println("SKIPPED: " + reason);
            Assumptions.abort(reason);
        }
        Path document = folder.resolve("document.html");
        Path log = folder.resolve("log.txt");
        try (Dashboard dashboard = Dashboard.start(Dashboard.THIS_MACHINE, 0, history, OptionalDouble.of(2e11))) {
            Process process = new ProcessBuilder(
                            browser.orElseThrow().toString(),
                            "--headless",
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-dev-shm-usage",
                            "--disable-background-networking",
                            "--no-first-run",
                            "--user-data-dir=" + folder.resolve("profile"),
                            "--enable-logging=stderr",
                            "--window-size=1280,1000",
                            "--virtual-time-budget=5000",
                            "--dump-dom",
                            dashboard.url())
                    .redirectOutput(document.toFile())
                    .redirectError(log.toFile())
                    .start();
            try {
                assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                        .as("the browser has ended: %s", log)
                        .isTrue();
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        return new Shown(Files.readString(document), complaints(log));
    }

    /** Errors of the page's scripts, and requests that its policy forbids, are lines of the console. */
    private static List<String> complaints(Path log) throws IOException {
        try (Stream<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines()) {
            return lines.filter(line -> line.contains(":CONSOLE")).toList();
        }
    }

    private static Optional<Path> browser() {
        List<Path> places = new ArrayList<>();
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            places.add(Path.of(folder, "chromium"));
            places.add(Path.of(folder, "chromium-browser"));
            places.add(Path.of(folder, "google-chrome"));
        }
        return places.stream().filter(Files::isExecutable).findFirst();
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
