package io.tributary.record;

/** What Tokenize sends to Train about one source, in this order: its vocabulary once, then blocks of tokens. */
public sealed interface Tokenized {
    SourceId source();

    /**
     * The vocabulary that every later record of the source is written in.
     *
     * @param model a SentencePiece {@code ModelProto}, as in a {@code .model} file
     */
    record Vocabulary(SourceId source, byte[] model) implements Tokenized {}

    /** A batch to train on: one step. */
    record Batch(SourceId source, TokenBlocks blocks) implements Tokenized {}

    /** Blocks that are held out: validation text, never trained. */
    record HeldOut(SourceId source, TokenBlocks blocks) implements Tokenized {}
}
