package io.tributary.judge;

import io.tributary.flow.SnapshotStore;
import io.tributary.model.AdamW;
import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import io.tributary.model.SharedParameters;
import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.record.ParameterGroup;
import io.tributary.record.SnapshotPart;
import io.tributary.record.SourceKeys;
import io.tributary.snapshot.SnapshotCommitter;
import io.tributary.snapshot.SnapshotFacts;
import io.tributary.snapshot.SnapshotFiles;
import io.tributary.vocabulary.SourceTokenizer;
import io.tributary.vocabulary.VocabularyTrainer;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.flink.core.fs.Path;

/**
 * A snapshot of a small model, as a job of variant SPEC leaves it. The source {@code en} has learnt one text by heart; its
 * vocabulary has no piece for most of the text's characters, so they are spelt in bytes. The source {@code de} has random
 * embeddings and is as good as a guess.
 */
public final class SmallSnapshot {
    public static final String TEXT = "the cat 你好 sat 😀 on the mat";
    public static final long ROUND = 3;

    static final ModelShape SHAPE = new ModelShape(2, 32, 2, 64);
    private static final int STEPS = 150;

    private SmallSnapshot() {}

    /** Writes it under a folder of snapshots. */
    public static void write(File root) throws IOException {
        byte[] vocabulary = vocabulary();
        Path folder = Path.fromLocalFile(root);
        SnapshotFiles files = new SnapshotFiles(folder);
        List<SnapshotPart.File> written = new ArrayList<>();
        try (SourceTokenizer tokenizer = new SourceTokenizer(vocabulary, Optional.empty());
                StepEngine engine = StepEngine.open(SHAPE, Precision.FP32, AdamW.defaults(), Set.of());
                SharedParameters nothing = engine.newShared(0, Map.of());
                SourceModel en = engine.newSource("en", tokenizer.size(), SHAPE.sequenceLength(), 1);
                SourceModel de = engine.newSource("de", tokenizer.size(), SHAPE.sequenceLength(), 1)) {
            en.begin(nothing);
            for (int step = 0; step < STEPS; step++) {
                en.step(row(tokenizer), 1, 1e-2);
            }
            written.addAll(files.writeParameters(ROUND, SHAPE, "", groups(en, Set.of(ParameterGroup.BODY))));
            Set<ParameterGroup> own = Set.of(ParameterGroup.TOKENS, ParameterGroup.POSITIONS);
            written.addAll(files.writeParameters(ROUND, SHAPE, "en", groups(en, own)));
            written.addAll(files.writeParameters(ROUND, SHAPE, "de", groups(de, own)));
            written.addAll(files.writeVocabulary(ROUND, "en", vocabulary, new int[0]));
            written.addAll(files.writeVocabulary(ROUND, "de", vocabulary, new int[0]));
        }
        SnapshotPart all = new SnapshotPart(ROUND, 0, SourceKeys.MAX_PARALLELISM - 1, written);
        new SnapshotCommitter(folder, facts()).commit(ROUND, List.of(all));
    }

    static byte[] vocabulary() {
        VocabularyTrainer trainer = new VocabularyTrainer(290);
        Collections.nCopies(5, "the cat sat on the mat").forEach(trainer::add);
        return trainer.train();
    }

    /** The text again and again behind the mark of an end. */
    private static int[] row(SourceTokenizer tokenizer) {
        int[] ids = tokenizer.encode(TEXT);
        return IntStream.rangeClosed(0, SHAPE.sequenceLength())
                .map(i -> i % (ids.length + 1))
                .map(i -> i == 0 ? tokenizer.endOfText() : ids[i - 1])
                .toArray();
    }

    private static SnapshotFacts facts() {
        Map<String, Object> model = Map.of(
                "architecture",
                "gpt2",
                "positions",
                "learned",
                "layers",
                SHAPE.layers(),
                "width",
                SHAPE.width(),
                "heads",
                SHAPE.heads(),
                "sequenceLength",
                SHAPE.sequenceLength(),
                "sequenceLengths",
                Map.of());
        return new SnapshotFacts(model, "SPEC", 1, "fp32");
    }

    private static Map<ParameterGroup, SnapshotStore.Values> groups(SourceModel model, Set<ParameterGroup> wanted) {
        Map<ParameterGroup, SnapshotStore.Values> groups = new EnumMap<>(ParameterGroup.class);
        for (ParameterGroup group : wanted) {
            groups.put(group, new SnapshotStore.Values() {
                @Override
                public long size() {
                    return model.elements(group);
                }

                @Override
                public void copy(long from, float[] out) {
                    model.copy(group, from, out);
                }
            });
        }
        return groups;
    }
}
