package io.tributary.config;

import io.tributary.config.SourcesReader.Source;
import io.tributary.flow.InitialValues;
import io.tributary.flow.VocabularySettings;
import io.tributary.model.ModelShape;
import io.tributary.pretrained.InitialModel;
import io.tributary.pretrained.InitialModel.Origin;
import io.tributary.pretrained.Pretrained;
import io.tributary.pretrained.Slices;
import io.tributary.record.Variant;
import io.tributary.vocabulary.Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.core.fs.Path;

/** The section {@code init}: the model that a new run begins with. */
final class InitReader {
    private static final Map<String, Kept> KEPT = Words.of(Kept.values());

    private final Section section;
    private final String from;
    private final Optional<String> source;
    private final Kept embeddings;

    /** Which embeddings a source begins with, and not with new ones. */
    enum Kept {
        KEEP,
        POSITIONS,
        NEW
    }

    /** What a run begins with, and its vocabularies: those of its settings, and those that come with embeddings. */
    record Beginning(InitialValues values, VocabularySettings vocabulary) {}

    /** Reads the whole section; the folder that it names is not looked at yet. */
    InitReader(Section root) {
        section = root.section("init");
        if (!root.has("init")) {
            from = "";
            source = Optional.empty();
            embeddings = Kept.NEW;
            return;
        }
        from = section.text("from");
        if (!from.isEmpty() && !from.matches(JobReader.PLACE)) {
            section.refuse(
                    "from",
                    "'%s' is neither a URI nor a path from the root, but subtasks on other machines read it"
                            .formatted(from));
        }
        embeddings = section.choice("embeddings", KEPT, Kept.KEEP);
        source = section.textIfAny("source");
        section.end();
    }

    /** What a source says of its own embeddings, if anything. */
    static Optional<Kept> ofSource(Section root, Section source, Variant variant) {
        if (!source.has("embeddings")) {
            return Optional.empty();
        }
        // It is there, so the fallback never counts; without one, documents would call it needed.
        Kept kept = source.choice("embeddings", KEPT, Kept.KEEP);
        if (!root.has("init")) {
            source.meaningless("there is no init.from to begin with", List.of("embeddings"));
        } else if (variant.globalVocabulary()) {
            source.meaningless("all sources share theirs, see init.embeddings", List.of("embeddings"));
        }
        return Optional.of(kept);
    }

    /**
     * Opens the folder and compares it with the settings; nothing, and at least one problem, where they do not fit.
     *
     * @param vocabulary as the rest of the settings has it
     */
    Optional<Beginning> begin(ModelShape shape, Variant variant, List<Source> sources, VocabularySettings vocabulary) {
        if (from.isEmpty()) {
            return Optional.of(new Beginning(InitialValues.DRAWN, vocabulary));
        }
        if (embeddings == Kept.POSITIONS && !shape.learnsPositions()) {
            section.refuse("embeddings", "positions has no meaning, this model learns none: say new");
        }
        try {
            Pretrained model = Pretrained.open(new Path(from));
            boolean sameShape = fits(model.shape(), shape);
            boolean fits = hasSource(model, variant) && sameShape;
            return fits ? new Embeddings(model, shape, variant, sources).begin(vocabulary) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            section.refuse("from", String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private boolean fits(ModelShape there, ModelShape ours) {
        Map<String, Object> expected = described(there);
        Map<String, Object> stated = described(ours);
        expected.keySet().forEach(key -> stated.putIfAbsent(key, "missing"));
        stated.forEach((key, value) -> {
            Object other = expected.getOrDefault(key, "nothing");
            if (!other.equals(value)) {
                section.refuse(
                        "from", "the model there has %s %s, and model.%s is %s".formatted(key, other, key, value));
            }
        });
        return stated.equals(expected);
    }

    /** What decides the tensors of a body and what is computed with them, by the keys of the settings. */
    private static Map<String, Object> described(ModelShape shape) {
        Map<String, Object> described = new TreeMap<>(shape.architecture().facts());
        described.put("architecture", shape.architecture().name());
        described.put("layers", shape.layers());
        described.put("width", shape.width());
        described.put("heads", shape.heads());
        return described;
    }

    private boolean hasSource(Pretrained model, Variant variant) {
        if (source.isPresent() && model.sources().isEmpty()) {
            section.refuse("source", "a Hugging Face folder is one model, and not of a source: leave it out");
        } else if (source.isPresent() && !model.sources().contains(source.get())) {
            section.refuse("source", "'%s' is not one of %s there".formatted(source.get(), model.sources()));
        } else if (source.isEmpty() && !model.hasCommonBody() && variant != Variant.SINGLE) {
            section.refuse(
                    "source",
                    "is missing: the sources of that snapshot have a model each, so name one of %s to begin with"
                            .formatted(model.sources()));
        } else {
            return true;
        }
        return false;
    }

    /** Finds out who begins with which embeddings. */
    private final class Embeddings {
        private final Pretrained model;
        private final ModelShape shape;
        private final Variant variant;
        private final Map<String, Source> listed = new TreeMap<>();
        private final Map<String, Origin> origins = new HashMap<>();
        private final Map<String, byte[]> vocabularies = new HashMap<>();

        Embeddings(Pretrained model, ModelShape shape, Variant variant, List<Source> sources) {
            this.model = model;
            this.shape = shape;
            this.variant = variant;
            sources.forEach(each -> listed.put(each.settings().name(), each));
        }

        Optional<Beginning> begin(VocabularySettings vocabulary) throws IOException {
            for (Map.Entry<String, String> owner : owners().entrySet()) {
                Kept kept = Optional.ofNullable(listed.get(owner.getKey()))
                        .flatMap(Source::embeddings)
                        .orElse(embeddings);
                if (kept != Kept.NEW) {
                    take(owner.getKey(), owner.getValue(), kept);
                }
            }
            Map<String, byte[]> own = new HashMap<>(vocabulary.given());
            Optional<byte[]> global = vocabulary.global();
            for (Map.Entry<String, byte[]> found : vocabularies.entrySet()) {
                boolean forAll = found.getKey().equals(InitialValues.EVERYONE);
                requireSame(found, forAll ? global : Optional.ofNullable(own.get(found.getKey())));
                if (forAll) {
                    global = Optional.of(found.getValue());
                } else {
                    own.put(found.getKey(), found.getValue());
                }
            }
            VocabularySettings all = vocabulary.with(own, global);
            return section.make(() -> new Beginning(new InitialModel(from, source.orElse(""), origins), all));
        }

        /** Whose embeddings each source of the job may begin with; under {@code EVERYONE} those that all share. */
        private Map<String, String> owners() {
            Map<String, String> owners = new TreeMap<>();
            if (variant.globalVocabulary()) {
                if (source.isPresent() || model.hasOneVocabulary()) {
                    String any =
                            model.sources().isEmpty() ? "" : model.sources().first();
                    owners.put(InitialValues.EVERYONE, source.orElse(any));
                } else if (embeddings != Kept.NEW) {
                    section.refuse(
                            "source",
                            "is missing: the sources of that snapshot have embeddings of their own, and under %s all share some, so name one of %s, or say embeddings: new"
                                    .formatted(Words.of(variant), model.sources()));
                }
            } else if (source.isPresent() || model.sources().isEmpty()) {
                listed.keySet().forEach(name -> owners.put(name, source.orElse("")));
                if (owners.isEmpty() && embeddings != Kept.NEW) {
                    section.refuse("embeddings", "list the sources that begin with those embeddings, or say new");
                }
            } else {
                model.sources().forEach(name -> owners.put(name, name));
            }
            return owners;
        }

        private void take(String owner, String origin, Kept kept) throws IOException {
            if (kept == Kept.KEEP) {
                byte[] vocabulary = model.vocabulary(origin);
                try (Tokenizer tokenizer = Tokenizer.load(vocabulary);
                        Slices tokens = model.tokens(origin)) {
                    if (tokens.size() < shape.tokenParameters(tokenizer.size())) {
                        section.refuse(
                                "from",
                                "it has %,d token embeddings%s, and its vocabulary %,d pieces: say embeddings: new"
                                        .formatted(tokens.size() / shape.width(), of(owner), tokenizer.size()));
                    }
                    Optional.ofNullable(listed.get(owner))
                            .ifPresent(each -> VocabularyFiles.compare(
                                    each.section(),
                                    each.settings().pieces(),
                                    tokenizer.size(),
                                    "the vocabulary that it begins with: leave it out, or say embeddings: new"));
                }
                vocabularies.put(owner, vocabulary);
            }
            if (shape.learnsPositions()) {
                takePositions(owner, origin);
            }
            origins.put(owner, new Origin(origin, kept == Kept.KEEP));
        }

        private void takePositions(String owner, String origin) throws IOException {
            int length = Optional.ofNullable(listed.get(owner))
                    .map(each -> each.settings().sequenceLength())
                    .orElse(shape.sequenceLength());
            try (Slices positions = model.positions(origin)) {
                long there = positions.size() / shape.width();
                if (length > there) {
                    section.refuse(
                            "from",
                            "it has embeddings of %,d positions%s, and the sequence length is %,d: choose at most %,d, or say embeddings: new"
                                    .formatted(there, of(owner), length, there));
                }
            }
        }

        private void requireSame(Map.Entry<String, byte[]> found, Optional<byte[]> stated) {
            if (stated.isPresent() && !Arrays.equals(stated.get(), found.getValue())) {
                section.refuse(
                        "embeddings",
                        "those of the model are written in another vocabulary than the file that is named%s: name none, or say embeddings: new"
                                .formatted(of(found.getKey())));
            }
        }

        private static String of(String owner) {
            return owner.equals(InitialValues.EVERYONE) ? "" : " for '" + owner + "'";
        }
    }
}
