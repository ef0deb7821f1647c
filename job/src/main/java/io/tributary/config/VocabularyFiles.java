package io.tributary.config;

import io.tributary.flow.VocabularySettings;
import io.tributary.record.Variant;
import io.tributary.vocabulary.Tokenizer;
import io.tributary.vocabulary.VocabularyTrainer;
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
        Map<String, Integer> trained = new HashMap<>();
        Optional<Model> shared = Optional.empty();
        if (variant.globalVocabulary()) {
            sources.forEach(source -> source.section()
                    .meaningless(
                            "under %s all sources have one, see vocabulary.file".formatted(Words.of(variant)),
                            List.of("vocabulary")));
            shared = load(vocabulary.section(), "file", vocabulary.file());
            shared.ifPresent(
                    model -> compare(vocabulary.section(), vocabulary.pieces(), model.pieces(), "vocabulary.file"));
        } else {
            vocabulary
                    .section()
                    .meaningless(
                            "under %s each source has its own, see sources[].vocabulary".formatted(Words.of(variant)),
                            List.of("file"));
            for (SourcesReader.Source source : sources) {
                String name = source.settings().name();
                if (source.vocabulary().isPresent()) {
                    own(source).ifPresent(model -> own.put(name, model.bytes()));
                } else if (source.section().has("pieces")) {
                    trained(source).ifPresent(pieces -> trained.put(name, pieces));
                }
            }
        }
        // Where the model is given, the number is not used.
        int pieces = shared.map(model -> Math.max(VocabularyTrainer.MIN_PIECES, model.pieces()))
                .orElse(vocabulary.pieces());
        Optional<byte[]> global = shared.map(Model::bytes);
        return vocabulary
                .section()
                .make(() -> new VocabularySettings(
                        pieces, trained, vocabulary.bootstrapBytes(), vocabulary.bootstrapTimeoutMs(), own, global));
    }

    private Optional<Model> own(SourcesReader.Source source) {
        Optional<Model> model = load(source.section(), "vocabulary", source.vocabulary());
        model.ifPresent(
                given -> compare(source.section(), source.settings().pieces(), given.pieces(), "its vocabulary"));
        return model;
    }

    private static Optional<Integer> trained(SourcesReader.Source source) {
        int pieces = source.settings().pieces();
        if (pieces < VocabularyTrainer.MIN_PIECES) {
            source.section()
                    .refuse(
                            "pieces",
                            "%,d is too few: a vocabulary that is trained has at least %d"
                                    .formatted(pieces, VocabularyTrainer.MIN_PIECES));
            return Optional.empty();
        }
        return Optional.of(pieces);
    }

    /** Where a section says how many pieces there are, it has to be as many as there are. */
    static void compare(Section section, int stated, int pieces, String what) {
        if (section.has("pieces") && stated != pieces) {
            section.refuse("pieces", "%,d is not the %,d of %s".formatted(stated, pieces, what));
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
