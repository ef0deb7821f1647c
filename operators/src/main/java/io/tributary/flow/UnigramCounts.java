package io.tributary.flow;

import io.tributary.record.TokenBlocks;
import java.util.Arrays;

/** How often each token was a target: what a model that knows nothing but frequencies could reach. */
final class UnigramCounts {
    private long[] countsV;
    private long tokens;
    private long bytes;

    UnigramCounts(int vocabularySize) {
        this(new long[vocabularySize], 0);
    }

    UnigramCounts(long[] countsV, long bytes) {
        this.countsV = countsV;
        this.bytes = bytes;
        for (long count : countsV) {
            tokens += count;
        }
    }

    void add(TokenBlocks blocks) {
        int rowLength = blocks.rowLength();
        int[] tokensBT1 = blocks.tokensBT1();
        for (int i = 0; i < tokensBT1.length; i++) {
            if (i % rowLength != 0) {
                countsV[tokensBT1[i]]++;
            }
        }
        tokens += blocks.targets();
        bytes += blocks.bytes();
    }

    /** Entropy of the tokens, sum of {@code -p log2 p}, over the bytes that they stand for; NaN without any. */
    double bitsPerByte() {
        if (bytes == 0) {
            return Double.NaN;
        }
        double nats = 0;
        for (long count : countsV) {
            if (count > 0) {
                nats -= count * Math.log((double) count / tokens);
            }
        }
        return nats / Math.log(2) / bytes;
    }

    /** The vocabulary has more pieces from now on. */
    void grow(int vocabularySize) {
        countsV = Arrays.copyOf(countsV, vocabularySize);
    }

    int vocabularySize() {
        return countsV.length;
    }

    long tokens() {
        return tokens;
    }

    long bytes() {
        return bytes;
    }

    long[] countsV() {
        return countsV;
    }
}
