package io.tributary.pretrained;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.model.Architecture;
import io.tributary.model.ModelShape;
import io.tributary.model.Positions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The {@code config.json} of a Hugging Face model, as far as it decides what the model computes. Of a key that is missing
 * the library's default counts.
 */
final class HuggingFaceConfig {
    /** As the step programs have it. */
    private static final double NORM_EPSILON = 1e-5;

    private static final long DEFAULT_ROPE_THETA = 10_000;
    private static final Set<String> TANH_GELU = Set.of("gelu_new", "gelu_pytorch_tanh");

    private final JsonNode config;
    private final List<String> differences = new ArrayList<>();

    HuggingFaceConfig(JsonNode config) {
        this.config = config;
    }

    /** Whether the head is the token embedding. */
    boolean isTied() {
        boolean byDefault = type().equals("gpt2");
        return config.path("tie_word_embeddings").asBoolean(byDefault);
    }

    /**
     * The shape of the model.
     *
     * @throws IOException with everything that Tributary computes otherwise
     */
    ModelShape shape() throws IOException {
        ModelShape shape;
        try {
            shape = switch (type()) {
                case "gpt2" -> gpt2();
                case "llama" -> llama(false);
                case "qwen3" -> llama(true);
                default ->
                    throw new IllegalArgumentException(
                            "model_type is '%s', and only gpt2, llama and qwen3 are read".formatted(type()));
            };
        } catch (IllegalArgumentException e) {
            differences.add(e.getMessage());
            throw refusal();
        }
        if (!differences.isEmpty()) {
            throw refusal();
        }
        return shape;
    }

    private IOException refusal() {
        return new IOException(
                "its config.json tells of a model that Tributary cannot train: " + String.join("; ", differences));
    }

    private String type() {
        return config.path("model_type").asText();
    }

    private ModelShape gpt2() {
        int width = whole("n_embd");
        require("n_inner", 4 * width, 4 * width);
        requireFunction("gelu_new", TANH_GELU);
        requireEpsilon("layer_norm_epsilon", NORM_EPSILON);
        require("scale_attn_weights", true, true);
        require("scale_attn_by_inverse_layer_idx", false, false);
        return new ModelShape(whole("n_layer"), width, whole("n_head"), whole("n_positions"), Positions.LEARNED);
    }

    private ModelShape llama(boolean queryKeyNorm) {
        int width = whole("hidden_size");
        int heads = whole("num_attention_heads");
        requireFunction("silu", Set.of("silu"));
        requireEpsilon("rms_norm_eps", 1e-6);
        require("attention_bias", false, false);
        require("mlp_bias", false, false);
        require("head_dim", width / heads, width / heads);
        require("use_sliding_window", false, false);
        return new ModelShape(
                whole("num_hidden_layers"),
                width,
                heads,
                whole("max_position_embeddings"),
                new Architecture.Llama(
                        has("num_key_value_heads") ? whole("num_key_value_heads") : heads,
                        whole("intermediate_size"),
                        ropeTheta(),
                        queryKeyNorm));
    }

    /** Up to version 4 of the library there are two keys, from version 5 on one that holds both. */
    private long ropeTheta() {
        JsonNode parameters = config.path("rope_parameters");
        JsonNode scaling = parameters.isObject() ? parameters : config.path("rope_scaling");
        String kind = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
        if (!kind.equals("default")) {
            differences.add("RoPE is scaled ('%s'), and Tributary scales nothing".formatted(kind));
        }
        JsonNode theta = parameters.has("rope_theta") ? parameters.get("rope_theta") : config.path("rope_theta");
        if (theta.isNumber() && theta.doubleValue() != theta.longValue()) {
            differences.add("rope_theta is %s, and Tributary has whole numbers alone".formatted(theta));
        }
        return theta.asLong(DEFAULT_ROPE_THETA);
    }

    private boolean has(String key) {
        return !config.path(key).isMissingNode() && !config.path(key).isNull();
    }

    private int whole(String key) {
        if (!config.path(key).canConvertToInt() || config.path(key).intValue() < 1) {
            throw new IllegalArgumentException("%s is '%s' where a size belongs".formatted(key, config.path(key)));
        }
        return config.path(key).intValue();
    }

    private void require(String key, Object byDefault, Object wanted) {
        Object found = has(key) ? config.get(key).asText() : byDefault;
        if (!String.valueOf(found).equals(String.valueOf(wanted))) {
            differences.add("%s is %s, and Tributary has %s".formatted(key, found, wanted));
        }
    }

    private void requireFunction(String byDefault, Set<String> wanted) {
        String key = type().equals("gpt2") ? "activation_function" : "hidden_act";
        String found = config.path(key).asText(byDefault);
        if (!wanted.contains(found)) {
            differences.add("%s is %s, and Tributary has %s".formatted(key, found, byDefault));
        }
    }

    private void requireEpsilon(String key, double byDefault) {
        double found = config.path(key).asDouble(byDefault);
        if (found != NORM_EPSILON) {
            differences.add("%s is %s, and Tributary has %s".formatted(key, found, NORM_EPSILON));
        }
    }
}
