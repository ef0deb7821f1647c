package io.tributary.model;

import java.io.Serializable;

/**
 * How the next token is chosen from what a model thinks of all of them. The rules apply in the order of the components.
 *
 * @param temperature divides the logits: below 1 the likely becomes likelier; at 0 the likeliest is taken, always
 * @param topK only so many of the likeliest may be chosen; 0 for all
 * @param topP only the likeliest may be chosen that together have at least this probability, the fewest of them (nucleus
 *     sampling, arXiv 1904.09751); 1 for all
 */
public record SamplingRules(double temperature, int topK, double topP) implements Serializable {
    public SamplingRules {
        if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("A temperature is 0 or more, not " + temperature);
        }
        if (topK < 0) {
            throw new IllegalArgumentException(
                    "Of the 1 or more likeliest one is chosen, or of all with 0, not " + topK);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("The probability to choose from lies in (0, 1], not " + topP);
        }
    }
}
