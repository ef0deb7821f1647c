package io.tributary.vocabulary;

/** Cuts text into token ids. For one thread at a time. */
interface Encoder extends AutoCloseable {
    /** The token ids of a text, without a mark of its begin or end. */
    int[] encode(String text);

    @Override
    void close();
}
