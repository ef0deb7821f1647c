package io.tributary.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a cluster is.
 *
 * @param web of Flink's REST interface, which is that of its web pages too
 * @param kafka bootstrap servers of the Kafka beside it, if it is known
 * @param storage the URI under which its jobs keep checkpoints, savepoints and snapshots; if empty, that is the folder
 *     of the cluster
 */
public record ClusterAddress(URI web, Optional<String> kafka, Optional<String> storage) {
    private static final String FILE = "cluster.json";

    public ClusterAddress {
        if (web.getHost() == null || !("http".equals(web.getScheme()) || "https".equals(web.getScheme()))) {
            throw new IllegalArgumentException(
                    "'%s' is not the address of a Flink, such as http://127.0.0.1:8081".formatted(web));
        }
    }

    /**
     * A cluster with this address.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static ClusterAddress of(String web) {
        return new ClusterAddress(URI.create(web), Optional.empty(), Optional.empty());
    }

    /**
     * The cluster that was started with this folder, as its {@code cluster.json} says.
     *
     * @throws IOException if there is none, or it cannot be read
     */
    public static ClusterAddress in(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            throw new Failure(
                    ErrorCode.NO_CLUSTER,
                    "There is no cluster in %s (no %s): start one with ./tributary cluster start, or name a Flink with --flink URL"
                            .formatted(folder, FILE));
        }
        try {
            JsonNode json = new ObjectMapper().readTree(file.toFile());
            return new ClusterAddress(
                    URI.create(json.path("web").asText()), text(json, "kafka"), text(json, "storage"));
        } catch (IOException | IllegalArgumentException e) {
            throw new Failure(
                    ErrorCode.NO_CLUSTER,
                    file + " is damaged: " + e.getMessage() + "; name the Flink with --flink URL",
                    e);
        }
    }

    private static Optional<String> text(JsonNode json, String name) {
        return Optional.of(json.path(name).asText()).filter(text -> !text.isBlank());
    }
}
