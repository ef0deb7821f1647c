package io.tributary.model;

import java.io.Serializable;

/**
 * The shape of a transformer body: a decoder whose output head is tied to the token embedding.
 *
 * @param layers blocks of attention and feed-forward
 * @param width d, the width of the residual stream
 * @param heads of attention; they divide the width
 * @param sequenceLength T, the tokens a row predicts; a source may have a length of its own
 * @param architecture what its layers are
 */
public record ModelShape(int layers, int width, int heads, int sequenceLength, Architecture architecture)
        implements Serializable {
    public ModelShape {
        if (layers < 1 || width < 1 || heads < 1 || sequenceLength < 1) {
            throw new IllegalArgumentException(
                    "Layers, width, heads and sequence length are at least 1, but they are %d, %d, %d and %d"
                            .formatted(layers, width, heads, sequenceLength));
        }
        if (width % heads != 0) {
            throw new IllegalArgumentException(
                    "%d heads do not divide a width of %d; choose a width that is a multiple of the heads"
                            .formatted(heads, width));
        }
        if (architecture instanceof Architecture.Llama llama) {
            if (heads % llama.keyValueHeads() != 0) {
                throw new IllegalArgumentException(
                        "%d key-value heads do not divide %d heads".formatted(llama.keyValueHeads(), heads));
            }
            if (width / heads % 2 != 0) {
                throw new IllegalArgumentException(
                        "RoPE rotates pairs, so a head has an even width, but %d heads of a width of %d have %d"
                                .formatted(heads, width, width / heads));
            }
        }
    }

    /** GPT-2 with learned positions. */
    public ModelShape(int layers, int width, int heads, int sequenceLength) {
        this(layers, width, heads, sequenceLength, Positions.LEARNED);
    }

    /** GPT-2. */
    public ModelShape(int layers, int width, int heads, int sequenceLength, Positions positions) {
        this(layers, width, heads, sequenceLength, new Architecture.Gpt2(positions));
    }

    /** The same for rows of another length. */
    public ModelShape withSequenceLength(int sequenceLength) {
        return new ModelShape(layers, width, heads, sequenceLength, architecture);
    }

    /** Whether rows have a trained embedding of positions. */
    public boolean learnsPositions() {
        return architecture.learnsPositions();
    }

    /** N, the parameters of the body; embeddings are not among them. */
    public long bodyParameters() {
        return BodyLayout.of(this).parameters();
    }

    /** T*d, the parameters of a position embedding; 0 where positions are not learned. */
    public long positionParameters() {
        return positionParameters(sequenceLength);
    }

    /** T*d, the parameters of the position embedding of a source whose rows predict T tokens; 0 without learned ones. */
    public long positionParameters(int sequenceLength) {
        return learnsPositions() ? (long) sequenceLength * width : 0;
    }

    /** V*d, the parameters of a source's token embedding with V pieces. */
    public long tokenParameters(int pieces) {
        return (long) pieces * width;
    }

    /**
     * Floating-point operations that train one token: 6 (N + V*d) + 12 layers d T.
     *
     * <p>Six for each parameter that multiplies (two forward, four backward; the tied head counts, looking up an
     * embedding does not), and the products of attention without regard to the causal mask: the formula of PaLM
     * (arXiv 2204.02311, appendix B), as nanoGPT uses it too.
     *
     * @param pieces V, the size of the vocabulary
     */
    public double flopsPerToken(int pieces) {
        return flopsPerToken(pieces, sequenceLength);
    }

    /**
     * Floating-point operations that train one token of a source whose rows predict T tokens; see
     * {@link #flopsPerToken(int)}.
     *
     * @param pieces V, the size of the vocabulary
     * @param sequenceLength T
     */
    public double flopsPerToken(int pieces, int sequenceLength) {
        return 6.0 * (bodyParameters() + tokenParameters(pieces)) + 12.0 * layers * width * sequenceLength;
    }
}
