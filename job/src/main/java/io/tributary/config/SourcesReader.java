package io.tributary.config;

import io.tributary.kafka.ValueFormat;
import io.tributary.model.ModelShape;
import io.tributary.record.ParameterGroup;
import io.tributary.record.Variant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The sections {@code vocabulary} and {@code sources}. */
final class SourcesReader {
    private static final long DEFAULT_BOOTSTRAP_BYTES = 4_000_000;
    private static final long DEFAULT_BOOTSTRAP_TIMEOUT_MS = 60_000;

    private final Section root;
    private final Purpose purpose;

    /**
     * Where vocabularies come from.
     *
     * @param section for further problems
     * @param pieces of a trained one, and of the one that all sources share
     * @param file a SentencePiece model that all sources share
     */
    record Vocabulary(
            Section section, int pieces, long bootstrapBytes, long bootstrapTimeoutMs, Optional<String> file) {}

    /**
     * A source, as a plan and a job need it.
     *
     * @param section for further problems
     * @param vocabulary the file of its own SentencePiece model
     * @param embeddings that it begins with, where {@code init} does not say it for all
     */
    record Source(
            Section section,
            SourceSettings settings,
            ValueFormat format,
            Optional<String> vocabulary,
            Optional<InitReader.Kept> embeddings) {}

    SourcesReader(Section root, Purpose purpose) {
        this.root = root;
        this.purpose = purpose;
    }

    Vocabulary vocabulary(Variant variant) {
        Section vocabulary = root.section("vocabulary");
        Optional<String> file = vocabulary.textIfAny("file");
        // The file of a job is read and counts for itself; a plan is made before there is any.
        int pieces = purpose == Purpose.JOB && variant.globalVocabulary() && file.isPresent()
                ? (int) vocabulary.wholeIfAny("pieces", 1, Limits.PIECES).orElse(Limits.PIECES)
                : vocabulary.whole("pieces", 1, Limits.PIECES);
        long bootstrap = vocabulary.quantity("bootstrap", Quantities.SIZE, DEFAULT_BOOTSTRAP_BYTES);
        long timeoutMs = vocabulary.quantity("bootstrapTimeout", Quantities.DURATION, DEFAULT_BOOTSTRAP_TIMEOUT_MS);
        vocabulary.end();
        // Of a wrong number no limit of others follows.
        int limit = vocabulary.make(() -> pieces).orElse(Limits.PIECES);
        return new Vocabulary(vocabulary, limit, bootstrap, timeoutMs, file);
    }

    List<Source> sources(Variant variant, int globalPieces, Optional<ModelShape> shape) {
        List<Source> sources = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int common = shape.map(ModelShape::sequenceLength).orElse(1);
        // A job may find its sources by their topics.
        List<Section> listed =
                purpose == Purpose.PLAN || variant.mixture() ? root.sections("sources") : root.sectionsIfAny("sources");
        for (Section each : listed) {
            String name = each.text("name");
            if (!name.isEmpty() && !names.add(name)) {
                each.refuse("name", "'" + name + "' is listed twice");
            }
            int pieces = (int) each.wholeIfAny("pieces", 1, Limits.PIECES).orElse(globalPieces);
            int held = (int) each.wholeIfAny("heldPieces", 1, globalPieces).orElse(globalPieces);
            int own = each.whole("sequenceLength", 1, Limits.SEQUENCE_LENGTH, common);
            OptionalLong size = each.limit("size", Quantities.SIZE);
            boolean learned = shape.map(ModelShape::learnsPositions).orElse(false);
            boolean together = variant.mixture() || (learned && variant.shared().contains(ParameterGroup.POSITIONS));
            if (together && own != common) {
                each.refuse(
                        "sequenceLength",
                        "%d is not the %d of model.sequenceLength, but under %s sources share learned positions or a model"
                                .formatted(own, common, Words.of(variant)));
            }
            ValueFormat format = format(each);
            Optional<String> vocabulary = each.textIfAny("vocabulary");
            Optional<InitReader.Kept> embeddings = InitReader.ofSource(root, each, variant);
            each.end();
            each.make(() -> new SourceSettings(name, pieces, held, own, size))
                    .ifPresent(settings -> sources.add(new Source(each, settings, format, vocabulary, embeddings)));
        }
        return sources;
    }

    private static ValueFormat format(Section source) {
        Map<String, Boolean> json = new LinkedHashMap<>();
        json.put("text", false);
        json.put("json", true);
        if (source.choice("format", json, false)) {
            String field = source.text("field", "text");
            return field.isEmpty() ? ValueFormat.TEXT : new ValueFormat.Json(field); // which is a problem already
        }
        source.meaningless("format is not json", List.of("field"));
        return ValueFormat.TEXT;
    }
}
