package io.tributary.judge;

import io.tributary.corpus.DocumentReader;
import io.tributary.flow.BlockPacker;
import io.tributary.flow.HoldOut;
import io.tributary.record.TokenBlocks;
import io.tributary.vocabulary.SourceTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The first held-out documents of some files: what a new source is judged by while it learns. */
final class HeldOutText {
    private HeldOutText() {}

    /** Rows of T targets, an equal number of each file; fewer where a file has no more text. */
    static List<TokenBlocks> rows(List<Path> files, HoldOut holdOut, SourceTokenizer tokenizer, int sequenceLength)
            throws IOException {
        int wanted = Math.max(1, holdOut.maxRows() / files.size());
        List<TokenBlocks> rows = new ArrayList<>();
        for (Path file : files) {
            rows.addAll(rows(file, wanted, holdOut, new BlockPacker(tokenizer, 1, sequenceLength)));
        }
        return rows;
    }

    private static List<TokenBlocks> rows(Path file, int wanted, HoldOut holdOut, BlockPacker packer)
            throws IOException {
        List<TokenBlocks> rows = new ArrayList<>();
        try (DocumentReader reader = DocumentReader.open(file)) {
            for (Optional<String> text = reader.next();
                    rows.size() < wanted && text.isPresent();
                    text = reader.next()) {
                byte[] utf8 = text.get().getBytes(StandardCharsets.UTF_8);
                if (holdOut.holds(utf8)) {
                    rows.addAll(packer.add(text.get(), utf8.length));
                }
            }
        }
        return rows.subList(0, Math.min(wanted, rows.size()));
    }
}
