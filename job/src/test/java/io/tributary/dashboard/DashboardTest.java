package io.tributary.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.record.Sample;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class DashboardTest {
    private static final double PEAK_FLOPS = 2e12;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @Test
    void whatWasReportedComesOut() throws Exception {
        History history = MadeUpRun.history(3, 20);
        history.add(new Sample(19, "en", "The ", "river <b>&", 4, false));
        try (Dashboard dashboard = start(history)) {
            JsonNode state = json(dashboard, "api/state");
            assertThat(state.get("status").asText()).isEqualTo("Round 19: all 3 sources done");
            assertThat(state.get("flopsPerSecond").asDouble()).isBetween(1e11, 2e11);
            assertThat(state.get("shareOfPeak").asDouble())
                    .isEqualTo(state.get("flopsPerSecond").asDouble() / PEAK_FLOPS);
            JsonNode en = state.get("sources").get(1);
            assertThat(en.get("name").asText()).isEqualTo("en");
            assertThat(en.get("rounds").asLong()).isEqualTo(20);
            assertThat(en.get("tokens").asLong())
                    .isEqualTo(MadeUpRun.report("en", 1, 19).totalTokens());
            assertThat(en.get("first").asDouble())
                    .isEqualTo(MadeUpRun.report("en", 1, 0).validationBitsPerByte());
            assertThat(en.get("last").asDouble())
                    .isEqualTo(MadeUpRun.report("en", 1, 19).validationBitsPerByte());
            assertThat(en.get("seen").asLong()).isEqualTo(MadeUpRun.at(19, 1).toEpochMilli());
            assertThat(state.get("written").get(0).get("text").asText()).isEqualTo("river <b>&");

            JsonNode series = json(dashboard, "api/series?metric=loss");
            assertThat(series.get("rounds")).hasSize(20);
            assertThat(series.get("values").get("zh")).isNull();
            assertThat(series.get("values").get("java").get(7).asDouble())
                    .isCloseTo(MadeUpRun.report("java", 2, 7).trainLoss(), within(1e-3));
        }
    }

    @Test
    void theVersionIsThatOfWhatIsShown() throws Exception {
        History history = MadeUpRun.history(2, 3);
        try (Dashboard dashboard = start(history)) {
            long version = json(dashboard, "api/version").get("version").asLong();
            assertThat(json(dashboard, "api/state").get("version").asLong()).isEqualTo(version);
            assertThat(json(dashboard, "api/series?metric=bytes").get("version").asLong())
                    .isEqualTo(version);
            history.add(MadeUpRun.report("en", 1, 3), MadeUpRun.at(3, 1));
            assertThat(json(dashboard, "api/version").get("version").asLong()).isNotEqualTo(version);
        }
    }

    @Test
    void fiftySourcesOfTenThousandRoundsFitIntoOneSmallAnswer() throws Exception {
        try (Dashboard dashboard = start(MadeUpRun.history(50, 10_000))) {
            HttpResponse<String> series = get(dashboard, "api/series?metric=bits-per-byte");
            JsonNode json = new ObjectMapper().readTree(series.body());
            // 10,000 rounds in 300 points: 34 rounds each.
            assertThat(json.get("width").asInt()).isEqualTo(34);
            assertThat(json.get("rounds")).hasSize(295);
            assertThat(json.get("rounds").get(294).asInt()).isEqualTo(9_999);
            assertThat(json.get("values")).hasSize(50).allSatisfy(values -> assertThat(values)
                    .hasSize(295));
            assertThat(series.body()).hasSizeLessThan(120_000);
            assertThat(get(dashboard, "api/state").body()).hasSizeLessThan(20_000);
            assertThat(get(dashboard, "api/version").body()).hasSizeLessThan(100);
        }
    }

    @Test
    void everyAnswerForbidsWhatComesFromElsewhere() throws Exception {
        try (Dashboard dashboard = start(MadeUpRun.history(1, 1))) {
            for (String path : List.of("", "page.js", "uplot.js", "api/state", "nothing")) {
                HttpResponse<String> answer = get(dashboard, path);
                assertThat(answer.headers()
                                .firstValue("Content-Security-Policy")
                                .orElseThrow())
                        .startsWith("default-src 'self';")
                        .doesNotContain("unsafe", "http", "*");
                assertThat(answer.headers().firstValue("X-Content-Type-Options"))
                        .hasValue("nosniff");
            }
        }
    }

    @Test
    void everyFileOfThePageIsThereWithItsType() throws Exception {
        try (Dashboard dashboard = start(MadeUpRun.history(1, 1))) {
            String page = get(dashboard, "").body();
            assertThat(page).contains("<title>Tributary</title>");
            for (String file : List.of("page.css", "page.js", "chart.js", "icon.svg", "uplot.js", "uplot.css")) {
                assertThat(page).contains("\"" + file + "\"");
                HttpResponse<String> answer = get(dashboard, file);
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                        .contains(file.endsWith("js") ? "javascript" : file.substring(file.indexOf('.') + 1));
            }
        }
    }

    @Test
    void whatIsNotThereIsSaidToBeNotThere() throws Exception {
        try (Dashboard dashboard = start(MadeUpRun.history(1, 1))) {
            HttpResponse<String> missing = get(dashboard, "secret/../nothing");
            assertThat(missing.statusCode()).isEqualTo(404);
            assertThat(missing.body()).contains("There is nothing at /").contains("the page is at /");
            for (String query : List.of("", "?metric=", "?metric=nothing", "?loss")) {
                HttpResponse<String> unknown = get(dashboard, "api/series" + query);
                assertThat(unknown.statusCode()).isEqualTo(400);
                assertThat(unknown.body()).contains("bits-per-byte, loss, tokens-per-second, bytes");
            }
        }
    }

    @Test
    void nothingCanBeChanged() throws Exception {
        try (Dashboard dashboard = start(MadeUpRun.history(1, 1))) {
            for (String method : List.of("POST", "PUT", "DELETE", "HEAD", "OPTIONS")) {
                HttpResponse<String> refused = CLIENT.send(
                        HttpRequest.newBuilder(URI.create(dashboard.url() + "api/state"))
                                .method(method, BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString());
                assertThat(refused.statusCode()).as(method).isEqualTo(405);
                assertThat(refused.headers().firstValue("Allow")).hasValue("GET");
            }
        }
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (Dashboard dashboard = start(MadeUpRun.history(1, 1))) {
            int port = URI.create(dashboard.url()).getPort();
            assertThatThrownBy(() -> Dashboard.start(
                            Dashboard.THIS_MACHINE, port, new History(List.of()), OptionalDouble.empty()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1 port " + port)
                    .hasMessageContaining("Name another port");
        }
    }

    private static Dashboard start(History history) throws IOException {
        return Dashboard.start(Dashboard.THIS_MACHINE, 0, history, OptionalDouble.of(PEAK_FLOPS));
    }

    private static JsonNode json(Dashboard dashboard, String path) throws Exception {
        HttpResponse<String> answer = get(dashboard, path);
        assertThat(answer.statusCode()).isEqualTo(200);
        return new ObjectMapper().readTree(answer.body());
    }

    private static HttpResponse<String> get(Dashboard dashboard, String path) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create(dashboard.url() + path)).build(), BodyHandlers.ofString());
    }
}
