package io.tributary.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tributary.record.Control;
import io.tributary.record.SourceId;
import io.tributary.record.Standing;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The topic of orders to a running job: JSON objects as values, such as {@code {"order": "pause", "source": "de", "job":
 * "<id>"}}. Orders are {@code pause}, {@code resume} and {@code retire} for a source, {@code hold} and {@code release} for
 * the job. Without {@code job} it is meant for every job that reads the topic. What is no order becomes a dead letter.
 */
public final class ControlTopic {
    public static final String NAME = CorpusSource.OWN_TOPICS + "control";

    static final String STAGE = "control";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ORDER = "order";
    private static final String SOURCE = "source";
    private static final String JOB = "job";
    /** Of a topic, says Kafka; what is longer would not go through the job's own streams either. */
    private static final int LONGEST_NAME = 249;

    private static final Map<String, Standing> STANDINGS =
            new TreeMap<>(Map.of("pause", Standing.PAUSED, "resume", Standing.ACTIVE, "retire", Standing.RETIRED));

    private ControlTopic() {}

    /**
     * An order as the value of a record.
     *
     * @param order pause, resume or retire
     * @param source the name of a source
     * @param job the id of the job in hex, or empty for every job
     */
    public static byte[] place(String order, String source, String job) {
        if (!STANDINGS.containsKey(order)) {
            throw new IllegalArgumentException("No source can be told to " + order + ", but " + STANDINGS.keySet());
        }
        return write(Map.of(ORDER, order, SOURCE, source, JOB, job));
    }

    /** The order to come to rest at the border of a round, or to go on; the job as in {@link #place}. */
    public static byte[] hold(boolean held, String job) {
        return write(Map.of(ORDER, held ? "hold" : "release", JOB, job));
    }

    private static byte[] write(Map<String, String> order) {
        try {
            return JSON.writeValueAsBytes(order);
        } catch (JsonProcessingException e) {
            throw new AssertionError("Strings can be written as JSON", e);
        }
    }

    /** @param sources finds the source of a name */
    static Control read(byte[] value, Function<String, SourceId> sources) throws RejectedDocumentException {
        JsonNode order = tree(value);
        String name = text(order, ORDER);
        String job = order.has(JOB) ? text(order, JOB) : "";
        Standing standing = STANDINGS.get(name);
        if (standing != null) {
            String source = text(order, SOURCE);
            if (source.isBlank()) {
                throw new RejectedDocumentException("The order '%s' names no source".formatted(name));
            }
            return new Control.Place(job, sources.apply(source), standing);
        }
        return switch (name) {
            case "hold" -> new Control.Hold(job, true);
            case "release" -> new Control.Hold(job, false);
            default ->
                throw new RejectedDocumentException(
                        "'%s' is no order: there are %s, hold and release".formatted(name, STANDINGS.keySet()));
        };
    }

    private static JsonNode tree(byte[] value) throws RejectedDocumentException {
        try {
            return JSON.readTree(new String(value, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new RejectedDocumentException("The order is not JSON: " + e.getOriginalMessage());
        }
    }

    private static String text(JsonNode order, String field) throws RejectedDocumentException {
        JsonNode value = order.get(field);
        if (value == null || !value.isTextual()) {
            throw new RejectedDocumentException("The order has no string '%s'".formatted(field));
        }
        String text = value.textValue();
        if (text.length() > LONGEST_NAME) {
            throw new RejectedDocumentException("The '%s' of the order has %,d characters, and no name has more than %d"
                    .formatted(field, text.length(), LONGEST_NAME));
        }
        return text;
    }
}
