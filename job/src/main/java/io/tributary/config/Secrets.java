package io.tributary.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.regex.Pattern;

/** Values that nobody may see, among the settings that are passed on to Kafka and Flink. */
final class Secrets {
    static final String MASK = "******";

    /** Rather too many than too few: a masked value that is no secret harms nobody. */
    private static final Pattern SECRET = Pattern.compile(
            "passw|certificate|secret|token|jaas|credential|api-?key|access[.-]?key"
                    + "|service-key|account[.-]key|private|keystore[.]key|basic[.-]auth|auth-params|http-headers|assertion");

    /** Names a place where a secret is kept, and is none itself. */
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^{}]+}");

    private Secrets() {}

    /** Whether the value of such a key may be one, by its whole name: {@code ssl.keystore.password}. */
    static boolean isSecret(String key) {
        return SECRET.matcher(key.toLowerCase(Locale.ROOT)).find();
    }

    /** A copy with masks in place of secrets; a mapping below a secret key is masked as one. */
    static JsonNode masked(JsonNode mapping) {
        return masked("", mapping);
    }

    private static JsonNode masked(String name, JsonNode value) {
        if (isSecret(name) && !REFERENCE.matcher(value.asText()).matches()) {
            return JsonNodeFactory.instance.textNode(MASK);
        }
        if (!(value instanceof ObjectNode mapping)) {
            return value;
        }
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        String prefix = name.isEmpty() ? "" : name + ".";
        mapping.properties()
                .forEach(entry -> copy.set(entry.getKey(), masked(prefix + entry.getKey(), entry.getValue())));
        return copy;
    }
}
