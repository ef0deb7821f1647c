package io.tributary.model;

/** Writes a text on, token by token. Equal models, texts, samplings and seeds write the same. */
public final class Generator {
    private final Decoding decoding;
    private final Sampler sampler;
    /** What is chosen but not read yet; so nothing is computed for a token that nobody asks for. */
    private int[] unread;

    /**
     * Begins behind some tokens, which should begin with the mark of a text's end, as all text does in training.
     *
     * @param decoding that has read nothing, or what comes before
     * @param ids at least one; if they are more than the model sees, the last count
     */
    public Generator(Decoding decoding, Sampler sampler, int[] ids) {
        if (ids.length == 0) {
            throw new IllegalArgumentException("A text is written on from one token at least");
        }
        this.decoding = decoding;
        this.sampler = sampler;
        this.unread = ids.clone();
    }

    /** The next token. It may be the end of the text; after it another text begins. */
    public int next() {
        int id = sampler.next(decoding.read(unread));
        unread = new int[] {id};
        return id;
    }
}
