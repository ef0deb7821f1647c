package io.tributary.embedded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a JobManager says of its cluster. */
public final class FlinkRest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(LIMIT).build();
    private final String web;

    /** @param web the address of its REST interface, as in http://127.0.0.1:8081 */
    public FlinkRest(String web) {
        this.web = web;
    }

    /** Slots and jobs, or nothing if the JobManager does not answer. */
    Optional<ClusterOverview> overview() throws InterruptedException {
        return get("/overview")
                .map(answer -> new ClusterOverview(
                        answer.path("taskmanagers").asInt(),
                        answer.path("slots-total").asInt(),
                        answer.path("slots-available").asInt(),
                        answer.path("jobs-running").asInt()));
    }

    /**
     * The address of each registered TaskManager by its name; it is another one after each start. One that is registered
     * tells of its slots a moment later, and can be used only then.
     */
    Map<String, String> taskManagers() throws InterruptedException {
        Map<String, String> addresses = new HashMap<>();
        List<JsonNode> registered = new ArrayList<>();
        get("/taskmanagers").ifPresent(answer -> answer.path("taskmanagers").forEach(registered::add));
        registered.removeIf(one -> one.path("slotsNumber").asInt() == 0);
        registered.forEach(
                one -> addresses.put(one.path("id").asText(), one.path("path").asText()));
        return addresses;
    }

    /** What it answers to a path with a query, or nothing if it does not. */
    public Optional<JsonNode> get(String path) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(web + path)).timeout(LIMIT).build();
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            return response.statusCode() == 200 ? Optional.of(JSON.readTree(response.body())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
