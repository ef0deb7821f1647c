package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.junit.jupiter.api.Test;

class GpuResourceTest {
    @Test
    void aResourceOfFlinksGpuPluginHasAnIndex() {
        assertThat(GpuResource.indexes(Set.of(new Info("index", "2"), new Info("index", "3"))))
                .containsExactlyInAnyOrder(2, 3);
        assertThat(GpuResource.indexes(Set.of())).isEmpty();
    }

    @Test
    void aResourceOfAnotherDriverIsRefused() {
        assertThatThrownBy(() -> GpuResource.indexes(Set.of(new Info("serial", "7"))))
                .hasMessageContainingAll("no property 'index'", "serial");
    }

    private record Info(String key, String value) implements ExternalResourceInfo {
        @Override
        public Optional<String> getProperty(String wanted) {
            return wanted.equals(key) ? Optional.of(value) : Optional.empty();
        }

        @Override
        public Collection<String> getKeys() {
            return List.of(key);
        }
    }
}
