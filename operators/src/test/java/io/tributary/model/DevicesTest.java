package io.tributary.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import java.util.List;
import org.junit.jupiter.api.Test;

class DevicesTest {
    private final Devices devices = new Devices();

    @Test
    void whoIsGrantedNoGpuTrainsOnTheCpu() {
        try (Devices.Lease lease = devices.take(List.of())) {
            assertThat(lease.device()).isEqualTo(Device.cpu());
        }
    }

    @Test
    void everyoneGetsTheGpuThatTheFewestOthersHave() {
        List<Integer> two = List.of(2, 3);
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
        assertThatThrownBy(() -> devices.take(List.of(0), 0))
                .hasMessageContainingAll("GPU 0", "sees 0 GPUs", "PYTORCH_LIBRARY_PATH", "external-resources");
    }

    /** The engine of the tests has no CUDA. */
    @Test
    void theEngineOfTheTestsSeesNoGpu() {
        assertThatThrownBy(() -> devices.take(List.of(0))).hasMessageContaining("sees 0 GPUs");
    }
}
