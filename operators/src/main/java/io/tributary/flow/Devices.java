package io.tributary.flow;

import ai.djl.Device;
import ai.djl.engine.Engine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;

/**
 * The devices of this JVM, for its training subtasks. Flink's external resource {@code gpu} tells a subtask which GPUs its
 * TaskManager has, all of them in every slot; so the subtasks of a JVM take turns, and each gets the one that the fewest
 * others have. Without the resource they train on the CPU.
 */
final class Devices {
    /** As in the settings {@code external-resources: gpu} of Flink's GPU plugin. */
    static final String RESOURCE = "gpu";

    private static final String INDEX = "index";
    private static final Devices OF_THIS_JVM = new Devices();

    private final Map<Integer, Integer> users = new HashMap<>();

    Devices() {}

    static Devices ofThisJvm() {
        return OF_THIS_JVM;
    }

    /** A device that is given back when it is closed. */
    record Lease(Device device, Runnable giveBack) implements AutoCloseable {
        @Override
        public void close() {
            giveBack.run();
        }
    }

    /**
     * Takes a device.
     *
     * @param granted what Flink says of the resource
     * @throws IllegalStateException if the engine cannot use what Flink has granted; it says what to do
     */
    Lease take(Set<ExternalResourceInfo> granted) {
        if (granted.isEmpty()) {
            return new Lease(Device.cpu(), () -> {});
        }
        return take(granted, Engine.getEngine("PyTorch").getGpuCount());
    }

    /** @param gpus that the engine sees */
    synchronized Lease take(Set<ExternalResourceInfo> granted, int gpus) {
        List<Integer> indexes = new ArrayList<>();
        for (ExternalResourceInfo info : granted) {
            indexes.add(Integer.parseInt(info.getProperty(INDEX)
                    .orElseThrow(() -> new IllegalStateException(
                            "The external resource '%s' has no property '%s' but %s: its driver is not that of Flink's GPU plugin"
                                    .formatted(RESOURCE, INDEX, info.getKeys())))));
        }
        int index = indexes.stream()
                .min(Comparator.comparingInt((Integer each) -> users.getOrDefault(each, 0))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
        if (index >= gpus) {
            throw new IllegalStateException(
                    "Flink grants GPU %d to this subtask, but the PyTorch engine sees %d GPUs. For CUDA let PYTORCH_LIBRARY_PATH name the lib folder of a libtorch with CUDA, and PYTORCH_VERSION its version, in the environment of the TaskManager; nothing is downloaded. To train on the CPU take '%s' out of external-resources"
                            .formatted(index, gpus, RESOURCE));
        }
        users.merge(index, 1, Integer::sum);
        return new Lease(Device.gpu(index), () -> giveBack(index));
    }

    private synchronized void giveBack(int index) {
        users.merge(index, -1, Integer::sum);
    }
}
