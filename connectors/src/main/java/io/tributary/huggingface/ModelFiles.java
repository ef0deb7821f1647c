package io.tributary.huggingface;

import io.tributary.model.Architecture.Llama;
import io.tributary.model.ModelShape;
import io.tributary.snapshot.Dtype;
import io.tributary.vocabulary.SentencePieceModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The small JSON files of a Hugging Face folder, as maps in the order of their keys.
 *
 * @param shape with the sequence length of the source
 */
record ModelFiles(Family family, ModelShape shape, SentencePieceModel vocabulary, Dtype dtype) {
    /** As the step programs have it, gpt2.torchscript and llama.torchscript. */
    private static final double NORM_EPSILON = 1e-5;

    /** GPT-2's standard deviation of initial weights, which both architectures take. */
    private static final double INITIALIZER_RANGE = 0.02;

    /** {@code config.json}; keys are those that both the fourth and the fifth version of transformers read. */
    Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architectures", List.of(family.className()));
        config.put("model_type", family.modelType());
        config.put("vocab_size", vocabulary.pieces().size());
        if (shape.architecture() instanceof Llama llama) {
            putLlama(llama, config);
        } else {
            putGpt2(config);
        }
        config.put("initializer_range", INITIALIZER_RANGE);
        config.put("tie_word_embeddings", true);
        config.put("use_cache", true);
        config.put("torch_dtype", dtype == Dtype.F32 ? "float32" : "bfloat16");
        config.putAll(generation());
        return config;
    }

    private void putGpt2(Map<String, Object> config) {
        config.put("n_embd", shape.width());
        config.put("n_layer", shape.layers());
        config.put("n_head", shape.heads());
        config.put("n_inner", 4 * shape.width());
        config.put("n_positions", shape.sequenceLength());
        // Of no meaning to transformers any more, but to the converter of llama.cpp.
        config.put("n_ctx", shape.sequenceLength());
        config.put("activation_function", "gelu_new");
        config.put("layer_norm_epsilon", NORM_EPSILON);
        config.put("scale_attn_weights", true);
        config.put("scale_attn_by_inverse_layer_idx", false);
        config.put("reorder_and_upcast_attn", false);
        for (String dropout : List.of("attn_pdrop", "embd_pdrop", "resid_pdrop")) {
            config.put(dropout, 0.0);
        }
    }

    private void putLlama(Llama llama, Map<String, Object> config) {
        config.put("hidden_size", shape.width());
        config.put("intermediate_size", llama.feedForward());
        config.put("num_hidden_layers", shape.layers());
        config.put("num_attention_heads", shape.heads());
        config.put("num_key_value_heads", llama.keyValueHeads());
        config.put("head_dim", shape.width() / shape.heads());
        config.put("hidden_act", "silu");
        config.put("max_position_embeddings", shape.sequenceLength());
        config.put("rms_norm_eps", NORM_EPSILON);
        config.put("rope_theta", llama.ropeTheta());
        config.put("attention_bias", false);
        config.put("attention_dropout", 0.0);
        if (family == Family.LLAMA) {
            config.put("mlp_bias", false);
        } else {
            config.put("use_sliding_window", false);
        }
    }

    /** {@code generation_config.json}. A text begins with what ended the one before it, as rows do in training. */
    Map<String, Object> generation() {
        Map<String, Object> generation = new LinkedHashMap<>();
        generation.put("bos_token_id", vocabulary.endId());
        generation.put("eos_token_id", vocabulary.endId());
        return generation;
    }

    /** {@code special_tokens_map.json}. */
    Map<String, Object> specialTokens() {
        Map<String, Object> tokens = new LinkedHashMap<>();
        tokens.put("bos_token", piece(vocabulary.endId()));
        tokens.put("eos_token", piece(vocabulary.endId()));
        tokens.put("unk_token", piece(vocabulary.unknownId()));
        return tokens;
    }

    /** {@code tokenizer_config.json}. */
    Map<String, Object> tokenizer() {
        Map<String, Object> tokenizer = new LinkedHashMap<>();
        // Any other class rewrites tokenizer.json to what its own models need.
        tokenizer.put("tokenizer_class", "PreTrainedTokenizerFast");
        tokenizer.putAll(specialTokens());
        tokenizer.put("add_bos_token", false);
        tokenizer.put("add_eos_token", false);
        tokenizer.put("add_prefix_space", vocabulary.addDummyPrefix());
        tokenizer.put("clean_up_tokenization_spaces", false);
        tokenizer.put("model_max_length", shape.sequenceLength());
        // Without it, older versions add types of tokens, which no model here takes.
        tokenizer.put("model_input_names", List.of("input_ids", "attention_mask"));
        return tokenizer;
    }

    private String piece(int id) {
        return vocabulary.pieces().get(id).text();
    }
}
