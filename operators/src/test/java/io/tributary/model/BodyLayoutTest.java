package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.tributary.model.BodyLayout.BodyTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyLayoutTest {

    /** arXiv 2410.05021 gives 86.4M, 298M and about 1.2B for its bodies, without saying how it counts. */
    @Test
    void bodiesAreAsLargeAsThePublishedOnes() {
        assertThat(new ModelShape(12, 768, 12, 2048).bodyParameters()).isCloseTo(86_400_000L, withinPercentage(2));
        assertThat(new ModelShape(24, 1024, 16, 2048).bodyParameters()).isCloseTo(298_000_000L, withinPercentage(2));
        assertThat(new ModelShape(24, 2048, 16, 2048).bodyParameters()).isCloseTo(1_200_000_000L, withinPercentage(2));
    }

    /** GPT-2 small has 124,439,808 parameters. */
    @Test
    void bodyAndEmbeddingsAddUpToGpt2() {
        ModelShape shape = new ModelShape(12, 768, 12, 1024);
        assertThat(shape.bodyParameters() + shape.tokenParameters(50_257) + shape.positionParameters())
                .isEqualTo(124_439_808);
    }

    /** Llama 3.2 1B has 1,235,814,400 parameters, with its embeddings tied. */
    @Test
    void bodyAndEmbeddingsAddUpToLlama() {
        ModelShape shape = new ModelShape(16, 2048, 32, 4096, new Architecture.Llama(8, 8192, 500_000, false));
        assertThat(shape.bodyParameters() + shape.tokenParameters(128_256)).isEqualTo(1_235_814_400);
        assertThat(shape.positionParameters()).isZero();
    }

    @Test
    void normsOfQueriesAndKeysAreAsWideAsAHead() {
        ModelShape shape = new ModelShape(2, 32, 4, 8, new Architecture.Llama(2, 48, 10_000, true));
        assertThat(tensor(shape, "layers.1.self_attn.q_norm.weight").shape()).containsExactly(8);
        assertThat(tensor(shape, "layers.1.self_attn.qkv_proj.weight").shape()).containsExactly(64, 32);
        assertThat(tensor(shape, "norm.weight").initial()).isEqualTo(new BodyLayout.Normal(1, 0));
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

    /** For GPT-2 small N counts all parameters but the positions: 124,439,808 - 1024 * 768 = 123,653,376. */
    @Test
    void operationsPerTokenFollowThePalmFormula() {
        assertThat(new ModelShape(12, 768, 12, 1024).flopsPerToken(50_257))
                .isEqualTo(6.0 * 123_653_376 + 12.0 * 12 * 768 * 1024);
    }

    @Test
    void onlyLearnedPositionsHaveParameters() {
        assertThat(new ModelShape(2, 8, 2, 16).positionParameters()).isEqualTo(128);
        assertThat(new ModelShape(2, 8, 2, 16).positionParameters(4)).isEqualTo(32);
        for (Positions positions : List.of(Positions.ALIBI, Positions.NONE)) {
            ModelShape shape = new ModelShape(2, 8, 2, 16, positions);
            assertThat(shape.positionParameters()).isZero();
            assertThat(shape.positionParameters(4)).isZero();
        }
    }

    @Test
    void aSourceWithShorterRowsNeedsFewerOperations() {
        ModelShape shape = new ModelShape(2, 8, 2, 16);
        assertThat(shape.flopsPerToken(10, 16)).isEqualTo(shape.flopsPerToken(10));
        assertThat(shape.flopsPerToken(10) - shape.flopsPerToken(10, 4)).isEqualTo(12.0 * 2 * 8 * 12);
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
