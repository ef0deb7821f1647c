package io.tributary.huggingface;

import io.tributary.model.Architecture.Gpt2;
import io.tributary.model.Architecture.Llama;
import io.tributary.model.ModelShape;
import io.tributary.model.Positions;
import java.util.Locale;

/** The kinds of models of the transformers library that Tributary's architectures are, tensor for tensor. */
public enum Family {
    /** Layer norm, biases, learned positions. */
    GPT2("gpt2", "GPT2LMHeadModel", "transformer.", "transformer.wte.weight"),
    /** RMSNorm, RoPE, SwiGLU, queries that share keys and values in groups. */
    LLAMA("llama", "LlamaForCausalLM", "model.", "model.embed_tokens.weight"),
    /** Llama's, with a norm of each head's queries and keys before they are rotated. */
    QWEN3("qwen3", "Qwen3ForCausalLM", "model.", "model.embed_tokens.weight");

    /** The name of GPT-2's tensor [T, d] of learned positions; the others have none. */
    public static final String POSITION_EMBEDDING = "transformer.wpe.weight";

    private final String modelType;
    private final String className;
    private final String prefix;
    private final String tokenEmbedding;

    Family(String modelType, String className, String prefix, String tokenEmbedding) {
        this.modelType = modelType;
        this.className = className;
        this.prefix = prefix;
        this.tokenEmbedding = tokenEmbedding;
    }

    /**
     * The kind of model of this shape.
     *
     * @throws IllegalArgumentException if the library has none, with what to do
     */
    public static Family of(ModelShape shape) {
        if (shape.architecture() instanceof Llama llama) {
            return llama.queryKeyNorm() ? QWEN3 : LLAMA;
        }
        Positions positions = ((Gpt2) shape.architecture()).positions();
        if (positions != Positions.LEARNED) {
            throw new IllegalArgumentException(
                    ("This model has model.positions: %s, and no model of the transformers library is GPT-2 with it, so it"
                                    + " cannot be exported. Train with model.positions: learned, or with"
                                    + " model.architecture: llama, to export")
                            .formatted(positions.name().toLowerCase(Locale.ROOT)));
        }
        return GPT2;
    }

    /** As {@code model_type} of {@code config.json} has it. */
    public String modelType() {
        return modelType;
    }

    /** As {@code architectures} of {@code config.json} has it. */
    public String className() {
        return className;
    }

    /** What every name begins with, but in files that were saved without the head, such as the first GPT-2's. */
    public String prefix() {
        return prefix;
    }

    /** The name of the tensor [V, d] of token embeddings, to which the head is tied. */
    public String tokenEmbedding() {
        return tokenEmbedding;
    }
}
