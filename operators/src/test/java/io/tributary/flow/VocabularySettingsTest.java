package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;

class VocabularySettingsTest {
    @Test
    void travelToTheSubtasksWithAGlobalModelAndWithout() throws Exception {
        byte[] model = {1, 2, 3};
        VocabularySettings given = new VocabularySettings(
                300, Map.of("fr", 400), 10, 20, Map.of("de", new byte[] {4}), Optional.of(model));

        VocabularySettings read = InstantiationUtil.clone(given);
        assertThat(read.global()).get().isEqualTo(model);
        assertThat(read.given()).usingRecursiveComparison().isEqualTo(given.given());
        assertThat(read.maxPieces("de")).isEqualTo(300);
        assertThat(read.maxPieces("fr")).isEqualTo(400);
        assertThat(read.bootstrapBytes()).isEqualTo(10);
        assertThat(read.bootstrapTimeoutMs()).isEqualTo(20);
        assertThat(InstantiationUtil.clone(VocabularySettings.defaults()).global())
                .isEmpty();
    }
}
