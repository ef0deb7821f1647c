package io.tributary.record;

/** What Tokenize sends to Train about one source, in this order: its vocabulary once, then blocks of tokens. */
public sealed interface Tokenized {
    SourceId source();

    /**
     * The vocabulary that every later record of the source is written in.
     *
     * @param model a SentencePiece {@code ModelProto}, as in a {@code .model} file
     * @param held the pieces of the model that the source holds, in the order of its own ids; empty where it holds all,
     *     and its ids are the model's
     */
    record Vocabulary(SourceId source, byte[] model, int[] held) implements Tokenized {}

    /**
     * A batch to train on: one step.
     *
     * @param grown pieces of the model that the source holds after this batch, behind those that it held before; then
     *     the source ends its round with this batch
     */
    record Batch(SourceId source, TokenBlocks blocks, int[] grown) implements Tokenized {
        /** A batch that the vocabulary stays as it is after. */
        public Batch(SourceId source, TokenBlocks blocks) {
            this(source, blocks, new int[0]);
        }
    }

    /** Blocks that are held out: validation text, never trained. */
    record HeldOut(SourceId source, TokenBlocks blocks) implements Tokenized {}

    /** The source has been told to take part, rest or go; it may not have a vocabulary yet. */
    record Placed(SourceId source, Standing standing) implements Tokenized {}
}
