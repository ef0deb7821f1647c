package io.tributary.plan;

import io.tributary.config.PipelineSettings;
import io.tributary.config.SourceSettings;
import io.tributary.model.ModelShape;
import io.tributary.record.ParameterGroup;
import io.tributary.record.SourceId;
import io.tributary.record.SourceKeys;
import io.tributary.record.Variant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One model that is trained: a source's, or under STD that of the mixture.
 *
 * @param shape with the T of its rows
 */
record Replica(String name, int subtask, ModelShape shape, int pieces) {
    /** The name of the one model that all sources train. */
    static final String MIXTURE = "mixture";

    /** The models that a variant trains with these settings, in the order of the sources. */
    static List<Replica> of(PipelineSettings settings, Variant variant) {
        ModelShape shape = settings.shape();
        if (variant.mixture()) {
            return List.of(new Replica(MIXTURE, 0, shape, settings.globalPieces()));
        }
        Map<String, SourceId> ids = SourceKeys.of(
                settings.sources().stream().map(SourceSettings::name).toList());
        boolean onePositions = variant.shared().contains(ParameterGroup.POSITIONS);
        List<Replica> replicas = new ArrayList<>();
        ids.forEach((name, id) -> {
            SourceSettings source = settings.sources().get(replicas.size());
            int subtask = SourceKeys.subtask(id, settings.cluster().subtasks());
            int sequenceLength = onePositions ? shape.sequenceLength() : source.sequenceLength();
            replicas.add(new Replica(
                    name, subtask, withRows(shape, sequenceLength), pieces(source, variant, settings.globalPieces())));
        });
        return replicas;
    }

    private static ModelShape withRows(ModelShape shape, int sequenceLength) {
        return shape.withSequenceLength(sequenceLength);
    }

    private static int pieces(SourceSettings source, Variant variant, int globalPieces) {
        if (variant.byRows()) {
            return source.heldPieces();
        }
        return variant.globalVocabulary() ? globalPieces : source.pieces();
    }

    GroupSizes sizes() {
        return GroupSizes.exact(shape, pieces);
    }

    /** Tokens of one step, B * T. */
    long batchTokens(int batchRows) {
        return (long) batchRows * shape.sequenceLength();
    }
}
