package io.tributary.flow;

import io.tributary.record.TokenBlocks;
import java.util.Arrays;
import java.util.List;

/**
 * Documents of one source on their way into blocks: the tokens that do not fill a batch yet.
 *
 * <p>The stream of a source is {@code </s> document </s> document </s> ...}. A row is T+1 of these tokens and begins with
 * the last token of the row before it, so every token after the first is a target exactly once.
 *
 * @param tokens the tokens that wait; the first one is input only, its turn as a target is over
 * @param bytes UTF-8 bytes of text behind the waiting targets
 */
record Packing(int[] tokens, long bytes) {

    static Packing start(int endOfText) {
        return new Packing(new int[] {endOfText}, 0);
    }

    /**
     * Adds one document and its separator, and cuts off what is full.
     *
     * @param idsN the document's tokens
     * @param documentBytes its length in UTF-8
     * @param rows rows of a batch (B)
     * @param sequenceLength targets of a row (T)
     * @param full receives the full batches in their order
     * @return what still waits
     */
    Packing append(
            int[] idsN, int endOfText, long documentBytes, int rows, int sequenceLength, List<TokenBlocks> full) {
        int[] waiting = Arrays.copyOf(tokens, tokens.length + idsN.length + 1);
        System.arraycopy(idsN, 0, waiting, tokens.length, idsN.length);
        waiting[waiting.length - 1] = endOfText;

        int batchTargets = Math.multiplyExact(rows, sequenceLength);
        long bytesBefore = bytes;
        long targetsOfDocument = idsN.length + 1L;
        long bytesOfDocument = documentBytes;
        int documentStart = tokens.length;
        int from = 0;
        while (waiting.length - from > batchTargets) {
            // A document that lies in several batches leaves each of them its share of bytes.
            long here = from + batchTargets + 1L - Math.max(documentStart, from + 1L);
            long share = bytesOfDocument * here / targetsOfDocument;
            full.add(new TokenBlocks(cut(waiting, from, rows, sequenceLength), rows, bytesBefore + share));
            bytesOfDocument -= share;
            targetsOfDocument -= here;
            bytesBefore = 0;
            from += batchTargets;
        }
        return new Packing(Arrays.copyOfRange(waiting, from, waiting.length), bytesBefore + bytesOfDocument);
    }

    private static int[] cut(int[] waiting, int from, int rows, int sequenceLength) {
        int[] tokensBT1 = new int[rows * (sequenceLength + 1)];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(
                    waiting, from + row * sequenceLength, tokensBT1, row * (sequenceLength + 1), sequenceLength + 1);
        }
        return tokensBT1;
    }
}
