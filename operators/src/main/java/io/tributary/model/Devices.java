package io.tributary.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The devices of this JVM, shared out to those who train in it: each gets the GPU that the fewest others have. */
public final class Devices {
    private static final Devices OF_THIS_JVM = new Devices();

    private final Map<Integer, Integer> users = new HashMap<>();

    Devices() {}

    public static Devices ofThisJvm() {
        return OF_THIS_JVM;
    }

    /** A device that is given back when it is closed. */
    public record Lease(Device device, Runnable giveBack) implements AutoCloseable {
        @Override
        public void close() {
            giveBack.run();
        }
    }

    /**
     * Takes a device.
     *
     * @param gpus one of these, by index; with none of them the CPU
     * @throws UncheckedIOException if the engine cannot use it; it says what to do
     */
    public Lease take(List<Integer> gpus) {
        if (gpus.isEmpty()) {
            return new Lease(Device.cpu(), () -> {});
        }
        return take(gpus, Engine.getEngine("PyTorch").getGpuCount());
    }

    /** @param seen how many GPUs the engine sees */
    synchronized Lease take(List<Integer> gpus, int seen) {
        int index = gpus.stream()
                .min(Comparator.comparingInt((Integer each) -> users.getOrDefault(each, 0))
                        .thenComparing(Comparator.naturalOrder()))
                .orElseThrow();
        if (index >= seen) {
            throw new UncheckedIOException(new Failure(
                    ErrorCode.ENGINE_MISSING,
                    "GPU %d was granted, but the PyTorch engine sees %d GPUs. For CUDA let PYTORCH_LIBRARY_PATH name the lib folder of a libtorch with CUDA, and PYTORCH_VERSION its version, in the environment of the TaskManager; nothing is downloaded. To train on the CPU take 'gpu' out of external-resources"
                            .formatted(index, seen)));
        }
        users.merge(index, 1, Integer::sum);
        return new Lease(Device.gpu(index), () -> giveBack(index));
    }

    private synchronized void giveBack(int index) {
        users.merge(index, -1, Integer::sum);
    }
}
