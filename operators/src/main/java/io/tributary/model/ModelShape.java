package io.tributary.model;

import java.io.Serializable;

/**
 * The shape of a transformer body: GPT-2's decoder, with a feed-forward layer four times as wide as the model.
 *
 * @param layers blocks of attention and feed-forward
 * @param width d, the width of the residual stream
 * @param heads of attention; they divide the width
 * @param sequenceLength T, the tokens a row predicts; a source may have a length of its own
 * @param positions how it knows where a token stands
 */
public record ModelShape(int layers, int width, int heads, int sequenceLength, Positions positions)
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
    }

    /** With learned positions. */
    public ModelShape(int layers, int width, int heads, int sequenceLength) {
        this(layers, width, heads, sequenceLength, Positions.LEARNED);
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
        return positions == Positions.LEARNED ? (long) sequenceLength * width : 0;
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
