package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.record.TokenBlocks;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackingTest {
    private static final int END = 2;

    @Test
    void aRowBeginsWithTheLastTokenOfTheRowBefore() {
        List<TokenBlocks> full = new ArrayList<>();
        Packing rest = Packing.start(END).append(new int[] {10, 11, 12, 13, 14}, END, 50, 2, 2, full);

        assertThat(full).hasSize(1);
        assertThat(full.get(0).tokensBT1()).containsExactly(END, 10, 11, 11, 12, 13);
        assertThat(rest.tokens()).containsExactly(13, 14, END);
    }

    @Test
    void aDocumentLeavesEachBatchItsShareOfBytes() {
        List<TokenBlocks> full = new ArrayList<>();
        // Six targets, the separator among them, of 60 bytes: four in the batch, two left.
        Packing rest = Packing.start(END).append(new int[] {10, 11, 12, 13, 14}, END, 60, 2, 2, full);

        assertThat(full.get(0).bytes()).isEqualTo(40);
        assertThat(rest.bytes()).isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void everyTokenIsATargetOnceAndEveryByteIsCountedOnce(long seed) {
        Random random = new Random(seed);
        int rows = 1 + random.nextInt(4);
        int length = 1 + random.nextInt(9);
        List<Integer> stream = new ArrayList<>();
        List<TokenBlocks> full = new ArrayList<>();
        Packing packing = Packing.start(END);
        long bytes = 0;
        for (int d = 0; d < 50; d++) {
            int[] ids = IntStream.range(0, random.nextInt(30))
                    .map(i -> 3 + random.nextInt(100))
                    .toArray();
            long documentBytes = random.nextInt(200);
            packing = packing.append(ids, END, documentBytes, rows, length, full);
            IntStream.of(ids).forEach(stream::add);
            stream.add(END);
            bytes += documentBytes;
        }

        List<Integer> targets = new ArrayList<>();
        for (TokenBlocks blocks : full) {
            assertThat(blocks.rowLength()).isEqualTo(length + 1);
            for (int i = 0; i < blocks.tokensBT1().length; i++) {
                if (i % (length + 1) != 0) {
                    targets.add(blocks.tokensBT1()[i]);
                }
            }
        }
        for (int i = 1; i < packing.tokens().length; i++) {
            targets.add(packing.tokens()[i]);
        }
        assertThat(targets).as("seed %d", seed).isEqualTo(stream);
        assertThat(full.stream().mapToLong(TokenBlocks::bytes).sum() + packing.bytes())
                .as("seed %d", seed)
                .isEqualTo(bytes);
    }
}
