package io.tributary.config;

import io.tributary.merge.Merging;
import io.tributary.model.ModelShape;
import io.tributary.model.Precision;
import io.tributary.round.RoundRules;
import java.util.List;

/**
 * What a settings file says, as far as a plan needs it.
 *
 * @param globalPieces rows of the vocabulary that all sources share, in the variants that have one
 * @param sources in their order, which decides the subtask of each
 * @param temperature of the mixture: a source's share in it goes with its size to this power
 */
public record PipelineSettings(
        ModelShape shape,
        Precision precision,
        int globalPieces,
        List<SourceSettings> sources,
        LocalTraining training,
        RoundRules rounds,
        Merging merging,
        double temperature,
        Cluster cluster) {
    public PipelineSettings {
        sources = List.copyOf(sources);
        if (globalPieces < 1 || sources.isEmpty() || !(temperature >= 0 && temperature <= 1)) {
            throw new IllegalArgumentException(
                    "A pipeline has at least 1 piece and 1 source, and a temperature in [0, 1], not %d, %d and %s"
                            .formatted(globalPieces, sources.size(), temperature));
        }
    }
}
