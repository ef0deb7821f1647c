package io.tributary.model;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import io.tributary.failure.ErrorCode;
import io.tributary.failure.Failure;
import java.io.UncheckedIOException;
import java.util.Map;

/** The way to DJL's PyTorch engine, with the settings that the step program needs. */
final class PyTorch {
    static final String NAME = "PyTorch";
    private static final String GRAPH_OPTIMIZER = "ai.djl.pytorch.graph_optimizer";

    /** DJL reads these once, when its engine loads; what the command line says comes first. */
    private static final Map<String, String> SETTINGS = Map.of(
            // The natives come as jars; without this DJL asks the network for them, and reports its use.
            "ai.djl.offline",
            "true",
            "OPT_OUT_TRACKING",
            "true",
            // The profiling executor would specialise the program anew for many steps.
            GRAPH_OPTIMIZER,
            "false",
            // The bits of a step depend on the number of threads, so it must not come from the machine.
            "ai.djl.pytorch.num_threads",
            "1");

    private PyTorch() {}

    /**
     * A new owner of native arrays.
     *
     * @throws UncheckedIOException if the engine cannot be loaded
     * @throws IllegalStateException if it is set up in a way that does not work
     */
    static synchronized NDManager newManager(Device device) {
        SETTINGS.forEach((name, value) -> System.getProperties().putIfAbsent(name, value));
        if (!"false".equals(System.getProperty(GRAPH_OPTIMIZER))) {
            throw new IllegalStateException(
                    "%s is %s, which recompiles the training step again and again; set it to false"
                            .formatted(GRAPH_OPTIMIZER, System.getProperty(GRAPH_OPTIMIZER)));
        }
        try {
            return NDManager.newBaseManager(device, NAME);
        } catch (EngineException | LinkageError e) {
            throw new UncheckedIOException(new Failure(
                    ErrorCode.ENGINE_MISSING,
                    "The PyTorch engine does not load. DJL's jars belong in Flink's lib folder, not in the job's jar "
                            + "(a native library loads into one class loader only), and DJL_CACHE_DIR must name a "
                            + "folder that can be written",
                    e));
        }
    }
}
