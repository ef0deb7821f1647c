package io.tributary.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.config.PipelineSettings;
import io.tributary.config.SettingsFile;
import io.tributary.model.AdamW;
import io.tributary.model.SharedParameters;
import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.record.ParameterGroup;
import io.tributary.record.TensorId;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SourceStateSizeTest {
    private static final Set<String> OF_THE_MODEL = Set.of("own weights", "AdamW moments", "working copies");

    /** What stands before the tensors, such as the source's name, is not planned. */
    @Test
    void aSourceInACheckpointIsAsLargeAsPlanned() throws Exception {
        PipelineSettings settings = SettingsFile.parse(
                """
                model: {layers: 2, width: 64, heads: 4, sequenceLength: 32}
                variant: spec
                vocabulary: {pieces: 500}
                sources: [{name: a}]
                training: {batchRows: 4, learningRate: {peak: 1e-3}}
                rounds: {localSteps: 10, count: 5}
                cluster: {subtasks: 1, tokensPerSecond: 128, networkBandwidth: 1MB/s}
                """);
        long planned = Plan.of(settings).checkpoint().stream()
                .filter(part -> OF_THE_MODEL.contains(part.name()))
                .mapToLong(Part::bytes)
                .sum();
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (StepEngine engine = StepEngine.open(
                        settings.shape(), settings.precision(), AdamW.defaults(), Set.of(ParameterGroup.BODY));
                SharedParameters body = engine.newShared(
                        0,
                        Map.of(
                                TensorId.parameters(ParameterGroup.BODY),
                                settings.shape().bodyParameters()));
                SourceModel source = engine.newSource("a", 500, 32, 1)) {
            source.begin(body);
            source.write(written);
        }
        assertThat(written.size() - planned).isBetween(0L, 100L);
    }
}
