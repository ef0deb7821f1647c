package io.tributary.flow;

import io.tributary.model.SharedParameters;
import io.tributary.model.SourceModel;
import io.tributary.record.TokenBlocks;
import java.util.Arrays;
import java.util.List;

/** Judges a model by text that is never trained. */
public final class Validation {
    private Validation() {}

    /**
     * Total nats / ln 2 / bytes over held-out rows; NaN without any.
     *
     * @param batchRows rows that are evaluated together
     */
    public static double bitsPerByte(
            SourceModel model, SharedParameters merged, List<TokenBlocks> heldOut, int batchRows) {
        // Text runs ahead of training: some may be written in pieces that the source will hold in a later round only.
        List<TokenBlocks> rows = heldOut.stream()
                .filter(row -> Arrays.stream(row.tokensBT1()).allMatch(id -> id < model.pieces()))
                .toList();
        double nats = 0;
        long bytes = 0;
        for (int from = 0; from < rows.size(); from += batchRows) {
            List<TokenBlocks> some = rows.subList(from, Math.min(from + batchRows, rows.size()));
            int[] tokensBT1 = some.stream()
                    .flatMapToInt(row -> Arrays.stream(row.tokensBT1()))
                    .toArray();
            nats += model.evaluate(merged, tokensBT1, some.size());
            bytes += some.stream().mapToLong(TokenBlocks::bytes).sum();
        }
        return bytes == 0 ? Double.NaN : nats / Math.log(2) / bytes;
    }
}
