package io.tributary.config;

import io.tributary.flow.VocabularySettings;
import io.tributary.record.Variant;
import io.tributary.vocabulary.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the SentencePiece models that a settings file names, as far as its variant uses them. */
final class VocabularyFiles {
    /** What a trained vocabulary has at least; where the model is given, the number is not used. */
    private static final int LEAST_PIECES = 260;

    private final Path folder;

    private record Model(byte[] bytes, int pieces) {}

    /** @param folder from which paths in the file lead */
    VocabularyFiles(Path folder) {
        this.folder = folder;
    }

    /** Where the vocabularies of a job come from, or nothing and at least one problem. */
    Optional<VocabularySettings> read(
            Variant variant, SourcesReader.Vocabulary vocabulary, List<SourcesReader.Source> sources) {
        Map<String, byte[]> own = new HashMap<>();
        Optional<Model> shared = Optional.empty();
        if (variant.globalVocabulary()) {
            shared = load(vocabulary.section(), "file", vocabulary.file());
            shared.ifPresent(model -> compare(vocabulary.section(), vocabulary.pieces(), model, "vocabulary.file"));
        } else {
            sources.forEach(source -> own(source, vocabulary.pieces())
                    .ifPresent(model -> own.put(source.settings().name(), model.bytes())));
        }
        int pieces = shared.map(model -> Math.max(LEAST_PIECES, model.pieces())).orElse(vocabulary.pieces());
        Optional<byte[]> global = shared.map(Model::bytes);
        return vocabulary
                .section()
                .make(() -> new VocabularySettings(
                        pieces, vocabulary.bootstrapBytes(), vocabulary.bootstrapTimeoutMs(), own, global));
    }

    private Optional<Model> own(SourcesReader.Source source, int trainedPieces) {
        Section section = source.section();
        int pieces = source.settings().pieces();
        Optional<Model> model = load(section, "vocabulary", source.vocabulary());
        model.ifPresent(given -> compare(section, pieces, given, "its vocabulary"));
        if (source.vocabulary().isEmpty() && pieces != trainedPieces) {
            section.refuse(
                    "pieces",
                    ("%,d is not the %,d of vocabulary.pieces, which a job trains for each source: leave it out, or"
                                    + " name a vocabulary of that size")
                            .formatted(pieces, trainedPieces));
        }
        return model;
    }

    private static void compare(Section section, int pieces, Model model, String what) {
        if (section.has("pieces") && pieces != model.pieces()) {
            section.refuse("pieces", "%,d is not the %,d of %s".formatted(pieces, model.pieces(), what));
        }
    }

    private Optional<Model> load(Section section, String key, Optional<String> name) {
        return name.flatMap(text -> {
            try {
                byte[] bytes = Files.readAllBytes(folder.resolve(text));
                return Optional.of(new Model(bytes, pieces(bytes)));
            } catch (InvalidPathException e) {
                section.refuse(key, "'" + text + "' is not the name of a file: " + e.getReason());
            } catch (IOException e) {
                section.refuse(key, "the file cannot be read: " + e);
            } catch (IllegalArgumentException e) {
                section.refuse(key, folder.resolve(text) + " is of no use: " + e.getMessage());
            }
            return Optional.empty();
        });
    }

    private static int pieces(byte[] model) {
        try (Tokenizer tokenizer = Tokenizer.load(model)) {
            return tokenizer.size();
        }
    }
}
