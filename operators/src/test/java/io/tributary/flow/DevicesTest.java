package io.tributary.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.junit.jupiter.api.Test;

class DevicesTest {
    private final Devices devices = new Devices();

    @Test
    void withoutTheResourceASubtaskTrainsOnTheCpu() {
        try (Devices.Lease lease = devices.take(Set.of())) {
            assertThat(lease.device()).isEqualTo(Device.cpu());
        }
    }

    @Test
    void subtasksOfAJvmTakeTheGpuThatTheFewestOthersHave() {
        Set<ExternalResourceInfo> two = gpus("2", "3");
        Devices.Lease first = devices.take(two, 4);
        Devices.Lease second = devices.take(two, 4);
        Devices.Lease third = devices.take(two, 4);
        assertThat(List.of(first.device(), second.device(), third.device()))
                .containsExactly(Device.gpu(2), Device.gpu(3), Device.gpu(2));

        first.close();
        third.close();
        assertThat(devices.take(two, 4).device()).isEqualTo(Device.gpu(2));
    }

    @Test
    void aGpuThatTheEngineDoesNotSeeIsRefusedWithWhatToInstall() {
        assertThatThrownBy(() -> devices.take(gpus("0"), 0))
                .hasMessageContainingAll("GPU 0", "sees 0 GPUs", "PYTORCH_LIBRARY_PATH", "external-resources");
    }

    /** The engine of the tests has no CUDA. */
    @Test
    void theEngineOfTheTestsSeesNoGpu() {
        assertThatThrownBy(() -> devices.take(gpus("0"))).hasMessageContaining("sees 0 GPUs");
    }

    @Test
    void aResourceOfAnotherDriverIsRefused() {
        assertThatThrownBy(() -> devices.take(Set.of(new Info("serial", "7")), 1))
                .hasMessageContainingAll("no property 'index'", "serial");
    }

    private static Set<ExternalResourceInfo> gpus(String... indexes) {
        Set<ExternalResourceInfo> infos = new LinkedHashSet<>();
        for (String index : indexes) {
            infos.add(new Info("index", index));
        }
        return infos;
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
