package io.tributary.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.embedded.ClusterSettings.Scheduler;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterSettingsTest {
    @Test
    void threadsOfAllSlotsOfAllTaskManagersShareTheCores() {
        ClusterSettings settings = new ClusterSettings(2, 3, 2048, 2, Scheduler.DEFAULT, 0, 0, Map.of());

        assertThat(settings.trainsOnMoreThanThe(11)).isTrue();
        assertThat(settings.trainsOnMoreThanThe(12)).isFalse();
    }
}
