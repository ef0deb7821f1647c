package io.tributary.model;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;

/** The loaded step program. A call is one trip into native code; its results live as long as the caller's scratch. */
final class StepProgram implements AutoCloseable {
    private final Model model;

    private StepProgram(Model model) {
        this.model = model;
    }

    /** @param archive a TorchScript archive */
    static StepProgram load(byte[] archive, Device device) {
        Model model = Model.newInstance("program", device, PyTorch.NAME);
        try {
            model.load(new ByteArrayInputStream(archive));
        } catch (IOException | MalformedModelException | RuntimeException e) {
            model.close();
            throw new IllegalStateException("The step program does not load into the PyTorch engine", e);
        }
        return new StepProgram(model);
    }

    /**
     * Runs a method of the program.
     *
     * @param scratch owns the results
     * @param arguments in the method's order; arrays named {@code x[]} that follow each other make one list
     */
    NDList call(NDManager scratch, String method, List<NDList> arguments) {
        // DJL takes the method from the name of the first array, which it does not pass on, and gives the results to
        // that array's manager.
        NDList inputs = new NDList(scratch.zeros(new Shape(), DataType.FLOAT32));
        inputs.get(0).setName("module_method:" + method);
        arguments.forEach(inputs::addAll);
        Block block = model.getBlock();
        // Not training would mean libtorch's inference mode, in which there are no gradients.
        return block.forward(new ParameterStore(scratch, true), inputs, true);
    }

    @Override
    public void close() {
        model.close();
    }
}
