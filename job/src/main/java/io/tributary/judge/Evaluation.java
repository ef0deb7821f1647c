package io.tributary.judge;

/**
 * How well a model foretells a text. Targets are all tokens of all documents and the mark of the end behind each.
 *
 * @param documents of the text
 * @param bytes of it in UTF-8
 * @param tokens targets
 * @param nats summed loss of the targets
 */
public record Evaluation(long documents, long bytes, long tokens, double nats) {
    public Evaluation {
        if (documents < 1 || bytes < 1 || tokens < 1) {
            throw new IllegalArgumentException(
                    "There is no text to judge: %d documents, %d bytes, %d tokens".formatted(documents, bytes, tokens));
        }
    }

    /** Mean nats of a token. */
    public double loss() {
        return nats / tokens;
    }

    /**
     * {@code exp(loss)}: among how many equally likely tokens the model would be as unsure. Of use only between models
     * with one vocabulary.
     */
    public double perplexity() {
        return Math.exp(loss());
    }

    /** {@code nats / ln 2 / bytes}, which can be compared whatever the vocabularies. */
    public double bitsPerByte() {
        return nats / Math.log(2) / bytes;
    }

    /** How far the vocabulary stretches the text: {@code bitsPerByte = loss / ln 2 * tokensPerByte}. */
    public double tokensPerByte() {
        return (double) tokens / bytes;
    }
}
