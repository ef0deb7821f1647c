package io.tributary.judge;

import io.tributary.corpus.DocumentReader;
import io.tributary.flow.HoldOut;
import io.tributary.model.SharedParameters;
import io.tributary.model.SourceModel;
import io.tributary.vocabulary.SourceTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The first held-out documents of some files, as rows of T targets: what a new source is judged by while it learns. */
final class HeldOutText {
    private final int[] tokensBT1;
    private final int rowLength;
    private final double bytes;

    private HeldOutText(int[] tokensBT1, int rowLength, double bytes) {
        this.tokensBT1 = tokensBT1;
        this.rowLength = rowLength;
        this.bytes = bytes;
    }

    /** Reads as far as it takes to fill the rows, an equal number of each file. */
    static HeldOutText of(List<Path> files, HoldOut holdOut, SourceTokenizer tokenizer, int sequenceLength)
            throws IOException {
        int wanted = Math.max(1, holdOut.maxRows() / files.size()) * sequenceLength;
        IntStream.Builder rows = IntStream.builder();
        double bytes = 0;
        for (Path file : files) {
            int[] stream = new int[] {tokenizer.endOfText()};
            double streamBytes = 0;
            try (DocumentReader reader = DocumentReader.open(file)) {
                for (Optional<String> text = reader.next();
                        stream.length <= wanted && text.isPresent();
                        text = reader.next()) {
                    byte[] utf8 = text.get().getBytes(StandardCharsets.UTF_8);
                    if (holdOut.holds(utf8)) {
                        int[] ids = tokenizer.encode(text.get());
                        stream = Arrays.copyOf(stream, stream.length + ids.length + 1);
                        System.arraycopy(ids, 0, stream, stream.length - 1 - ids.length, ids.length);
                        stream[stream.length - 1] = tokenizer.endOfText();
                        streamBytes += utf8.length;
                    }
                }
            }
            int targets = Math.min(wanted, stream.length - 1) / sequenceLength * sequenceLength;
            for (int row = 0; row < targets; row += sequenceLength) {
                Arrays.stream(stream, row, row + sequenceLength + 1).forEach(rows);
            }
            // Of the last document a part may be left over; its bytes are shared out evenly.
            bytes += streamBytes * targets / Math.max(1, stream.length - 1);
        }
        return new HeldOutText(rows.build().toArray(), sequenceLength + 1, bytes);
    }

    /** NaN without a whole row. */
    double bitsPerByte(SourceModel model, SharedParameters shared, int rowsTogether) {
        double nats = 0;
        int together = rowsTogether * rowLength;
        for (int from = 0; from < tokensBT1.length; from += together) {
            int[] some = Arrays.copyOfRange(tokensBT1, from, Math.min(tokensBT1.length, from + together));
            nats += model.evaluate(shared, some, some.length / rowLength);
        }
        return bytes == 0 ? Double.NaN : nats / Math.log(2) / bytes;
    }
}
