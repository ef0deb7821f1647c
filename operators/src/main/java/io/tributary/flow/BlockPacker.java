package io.tributary.flow;

import io.tributary.record.TokenBlocks;
import io.tributary.vocabulary.SourceTokenizer;
import java.util.ArrayList;
import java.util.List;

/** Makes blocks of a source's documents as the job does, for those who train or judge outside of it. */
public final class BlockPacker {
    private final SourceTokenizer tokenizer;
    private final int rows;
    private final int sequenceLength;
    private Packing packing;

    /**
     * Begins a stream.
     *
     * @param rows of a block (B)
     * @param sequenceLength targets of a row (T)
     */
    public BlockPacker(SourceTokenizer tokenizer, int rows, int sequenceLength) {
        this.tokenizer = tokenizer;
        this.rows = rows;
        this.sequenceLength = sequenceLength;
        packing = Packing.start(tokenizer.endOfText());
    }

    /**
     * Adds a document.
     *
     * @param utf8Bytes its length in UTF-8
     * @return the blocks that it has filled, in their order
     */
    public List<TokenBlocks> add(String text, int utf8Bytes) {
        List<TokenBlocks> full = new ArrayList<>();
        packing = packing.append(tokenizer.encode(text), tokenizer.endOfText(), utf8Bytes, rows, sequenceLength, full);
        return full;
    }
}
