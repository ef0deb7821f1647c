package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tributary.model.BodyLayout.BodyTensor;
import org.junit.jupiter.api.Test;

class BodyLayoutTest {

    /** "125M", "350M" and "1.3B" of arXiv 2410.05021, whose positions count as embedding. */
    @Test
    void bodiesHaveTheSizesOfThePublishedModels() {
        assertThat(new ModelShape(12, 768, 12, 1024).bodyParameters()).isEqualTo(85_056_000);
        assertThat(new ModelShape(24, 1024, 16, 2048).bodyParameters()).isEqualTo(302_311_424);
        assertThat(new ModelShape(24, 2048, 16, 2048).bodyParameters()).isEqualTo(1_208_602_624);
    }

    /** GPT-2 small has 124,439,808 parameters. */
    @Test
    void bodyAndEmbeddingsAddUpToGpt2() {
        ModelShape shape = new ModelShape(12, 768, 12, 1024);
        assertThat(shape.bodyParameters() + shape.tokenParameters(50_257) + shape.positionParameters())
                .isEqualTo(124_439_808);
    }

    @Test
    void tensorsFollowEachOtherWithoutGaps() {
        long offset = 0;
        BodyLayout layout = BodyLayout.of(new ModelShape(3, 12, 3, 8));
        for (BodyTensor tensor : layout.tensors()) {
            assertThat(tensor.offset()).as(tensor.name()).isEqualTo(offset);
            offset += tensor.size();
        }
        assertThat(layout.parameters()).isEqualTo(offset);
        assertThat(layout.tensors()).hasSize(3 * 12 + 2);
    }

    @Test
    void linearWeightsAreStoredOutputsFirst() {
        BodyTensor weight = tensor(new ModelShape(2, 8, 2, 4), "h.1.mlp.c_fc.weight");
        assertThat(weight.shape()).containsExactly(32, 8);
        assertThat(weight.initial()).isEqualTo(new BodyLayout.Normal(0, 0.02));
    }

    @Test
    void projectionsIntoTheResidualStreamStartSmallerTheDeeperTheModel() {
        ModelShape shape = new ModelShape(8, 8, 2, 4);
        assertThat(tensor(shape, "h.7.attn.c_proj.weight").initial().deviation())
                .isCloseTo(0.005, within(1e-12));
        assertThat(tensor(shape, "h.0.mlp.c_proj.weight").initial().deviation()).isCloseTo(0.005, within(1e-12));
    }

    /** nanoGPT's own figures for GPT-2 small: N = 123,653,376 without positions, 854,438,400 operations a token. */
    @Test
    void operationsPerTokenFollowThePalmFormula() {
        assertThat(new ModelShape(12, 768, 12, 1024).flopsPerToken(50_257))
                .isEqualTo(6.0 * 123_653_376 + 12.0 * 12 * 768 * 1024);
    }

    @Test
    void shapesThatCannotBeAreRefused() {
        assertThatThrownBy(() -> new ModelShape(2, 10, 4, 8)).hasMessageContaining("4 heads do not divide");
        assertThatThrownBy(() -> new ModelShape(0, 8, 4, 8)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> new ModelShape(2, 8, 4, 0)).hasMessageContaining("at least 1");
    }

    private static BodyTensor tensor(ModelShape shape, String name) {
        return BodyLayout.of(shape).tensors().stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
