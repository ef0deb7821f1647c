package io.tributary.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.model.Architecture;
import io.tributary.model.Architecture.Llama;
import io.tributary.model.ModelShape;
import io.tributary.model.Positions;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotFactsTest {
    private static SnapshotFacts facts(ModelShape shape) {
        Map<String, Object> model = new HashMap<>(shape.architecture().facts());
        model.putAll(Map.of(
                "architecture", shape.architecture().name(),
                "layers", shape.layers(),
                "width", shape.width(),
                "heads", shape.heads(),
                "sequenceLength", shape.sequenceLength(),
                "sequenceLengths", Map.of("long", 32)));
        return new SnapshotFacts(model, "SPEC", 7, "fp32");
    }

    @Test
    void tellTheShapeOfEveryArchitecture() throws IOException {
        for (Architecture architecture : List.of(
                new Architecture.Gpt2(Positions.LEARNED),
                new Architecture.Gpt2(Positions.ALIBI),
                new Llama(2, 24, 5_000_000_000L, true),
                new Llama(4, 16, 10_000, false))) {
            ModelShape shape = new ModelShape(3, 16, 4, 8, architecture);
            assertThat(facts(shape).shape("en")).isEqualTo(shape);
            assertThat(facts(shape).shape("long")).isEqualTo(shape.withSequenceLength(32));
        }
    }

    @Test
    void ofAnotherModelAreRefusedWithWhatIsWrong() {
        assertThatThrownBy(() -> new SnapshotFacts(Map.of("layers", 1), "SPEC", 7, "fp32").shape("en"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("its width is missing or no number");
        Map<String, Object> model =
                new HashMap<>(facts(new ModelShape(1, 4, 2, 8)).model());
        model.put("architecture", "mamba");
        assertThatThrownBy(() -> new SnapshotFacts(model, "SPEC", 7, "fp32").shape("en"))
                .hasMessageContaining("the architecture 'mamba' is not known");
    }
}
