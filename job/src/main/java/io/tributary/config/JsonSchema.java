package io.tributary.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tributary.config.Guide.Entry;
import io.tributary.config.Question.Kind;
import java.util.List;

/**
 * The settings as a JSON Schema, for editors. It knows keys, types and limits; what depends on other settings is left to
 * the readers, so that no file is refused that they take.
 */
final class JsonSchema {
    private static final String DRAFT = "https://json-schema.org/draft/2020-12/schema";

    private final Guide guide;

    JsonSchema(Guide guide) {
        this.guide = guide;
    }

    String text() {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.put("$schema", DRAFT);
        schema.put("title", "Tributary: the settings of a run");
        schema.setAll(section(""));
        try {
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("This tree is JSON", e);
        }
    }

    private ObjectNode section(String path) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.put("type", "object");
        schema.put("additionalProperties", false);
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = JsonNodeFactory.instance.arrayNode();
        for (Entry entry : guide.in(path)) {
            properties.set(entry.setting().key(), property(entry));
            if (required(entry)) {
                required.add(entry.setting().key());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema;
    }

    /**
     * What is needed beside any other answer, wherever its section is. A section is needed for what is asked of it even
     * where it is not there.
     */
    private boolean required(Entry entry) {
        List<Entry> below = guide.in(AnnotatedExample.inside(entry));
        return entry.kind() instanceof Kind.Mapping
                ? entry.setting().always()
                        && below.stream().anyMatch(each -> each.setting().always() && required(each))
                : entry.setting().needed() && entry.besideOf(guide).isEmpty();
    }

    private ObjectNode property(Entry entry) {
        ObjectNode schema = entry.kind() instanceof Kind.Mapping
                ? section(entry.setting().path())
                : JsonNodeFactory.instance.objectNode();
        if (entry.kind() instanceof Kind.Mappings) {
            schema.put("type", "array");
            schema.set("items", section(AnnotatedExample.inside(entry)));
        } else if (!(entry.kind() instanceof Kind.Mapping)) {
            value(schema, entry.kind());
            entry.literal().ifPresent(value -> schema.set("default", value));
        }
        String beside = entry.besideOf(guide).isEmpty() ? "" : "; " + entry.besideOf(guide);
        String leftOut = entry.setting().needed() ? "; needed" : "; if left out: " + entry.leftOut();
        return schema.put("description", entry.text() + beside + (entry.hasSettings() ? "" : leftOut));
    }

    private static void value(ObjectNode schema, Kind kind) {
        if (kind instanceof Kind.Whole whole) {
            schema.put("type", "integer");
            if (whole.least() > -Guide.NO_LIMIT) {
                schema.put("minimum", whole.least());
            }
            if (whole.most() < Guide.NO_LIMIT) {
                schema.put("maximum", whole.most());
            }
        } else if (kind instanceof Kind.Decimal number) {
            Interval interval = number.interval();
            schema.put("type", "number").put(interval.lowIncluded() ? "minimum" : "exclusiveMinimum", interval.low());
            if (interval.high() < Double.MAX_VALUE) {
                schema.put(interval.highIncluded() ? "maximum" : "exclusiveMaximum", interval.high());
            }
        } else if (kind instanceof Kind.Choice choice) {
            ArrayNode words = schema.putArray("enum");
            choice.words().forEach(word -> words.add(Tour.word(word)));
        } else if (kind instanceof Kind.Quantity quantity) {
            String units = String.join("|", quantity.unit().units());
            schema.put("type", "string").put("pattern", "^[0-9]{1,12}(\\.[0-9]{1,9})? ?(" + units + ")$");
        } else if (kind instanceof Kind.Free) {
            schema.put("type", "object");
        } else if (kind instanceof Kind.TextLists) {
            ObjectNode list = schema.put("type", "object")
                    .putObject("additionalProperties")
                    .put("type", "array");
            list.putObject("items").put("type", "string");
        } else {
            schema.put("type", "string").put("pattern", "\\S");
        }
    }
}
