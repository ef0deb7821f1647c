package io.tributary.bench.djl;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.loss.SoftmaxCrossEntropyLoss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.tributary.model.BodyLayout;
import io.tributary.model.BodyLayout.BodyTensor;
import io.tributary.model.Initializer;
import io.tributary.model.ModelShape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains Tributary's model as DJL is meant to be used: its Trainer, GradientCollector, loss and AdamW, in 32-bit floats. It
 * starts from the same parameters as a source of this name and seed.
 *
 * <p>DJL has no clipping by the global norm, so this one does not clip. The engine must be loaded already, as
 * {@link io.tributary.model.StepEngine} sets it up.
 */
public final class DjlTraining implements AutoCloseable {
    private static final String ENGINE = "PyTorch";

    private final ModelShape shape;
    private final int rows;
    private final Model model;
    private final Trainer trainer;
    private final Loss loss = new SoftmaxCrossEntropyLoss("loss", 1, -1, true, true);
    private final NDArray mask;

    /**
     * A model with fresh parameters.
     *
     * @param pieces V
     * @param rows B of every batch
     * @param name of the source, which decides its embeddings together with the seed
     */
    public DjlTraining(ModelShape shape, int pieces, int rows, String name, long seed, double learningRate) {
        this.shape = shape;
        this.rows = rows;
        model = Model.newInstance("peer", Device.cpu(), ENGINE);
        model.setBlock(new DjlDecoder(shape, pieces));
        Optimizer adamW = Optimizer.adamW()
                .optLearningRateTracker(Tracker.fixed((float) learningRate))
                .optBeta1(0.9f)
                .optBeta2(0.95f)
                .optEpsilon(1e-8f)
                .optWeightDecays(0)
                .build();
        trainer = model.newTrainer(
                new DefaultTrainingConfig(loss).optOptimizer(adamW).optDevices(new Device[] {Device.cpu()}));
        int length = shape.sequenceLength();
        trainer.initialize(new Shape(rows, length), new Shape(length, length));
        fill(name, seed);
        mask = causal(model.getNDManager(), length);
    }

    private static NDArray causal(NDManager manager, int length) {
        float[] mask = new float[length * length];
        for (int from = 0; from < length; from++) {
            for (int to = from + 1; to < length; to++) {
                mask[from * length + to] = Float.NEGATIVE_INFINITY;
            }
        }
        return manager.create(mask, new Shape(length, length));
    }

    /** Overwrites what DJL has drawn. */
    private void fill(String name, long seed) {
        List<Parameter> parameters =
                new ArrayList<>(model.getBlock().getParameters().values());
        float[] tokens = values(parameters.get(0));
        Initializer.tokens(name, seed, 0, tokens);
        set(parameters.get(0), tokens);
        float[] positions = values(parameters.get(1));
        Initializer.positions(name, seed, 0, positions);
        set(parameters.get(1), positions);
        List<BodyTensor> body = BodyLayout.of(shape).tensors();
        if (body.size() != parameters.size() - 2) {
            throw new IllegalStateException(
                    "The body has %d tensors, but DJL's model %d".formatted(body.size(), parameters.size() - 2));
        }
        for (int i = 0; i < body.size(); i++) {
            float[] values = values(parameters.get(i + 2));
            Initializer.body(shape, seed, body.get(i).offset(), values);
            set(parameters.get(i + 2), values);
        }
    }

    private static float[] values(Parameter parameter) {
        return new float[Math.toIntExact(parameter.getArray().size())];
    }

    private static void set(Parameter parameter, float[] values) {
        parameter.getArray().set(FloatBuffer.wrap(values));
    }

    /**
     * Trains one batch.
     *
     * @param tokensBT1 ids, row after row of T+1
     * @return the mean loss before the update, nats per token
     */
    public double train(int[] tokensBT1) {
        try (NDManager scratch = trainer.getManager().newSubManager()) {
            int length = shape.sequenceLength();
            long[] inputs = new long[rows * length];
            long[] targets = new long[inputs.length];
            for (int i = 0; i < inputs.length; i++) {
                int at = i + i / length;
                inputs[i] = tokensBT1[at];
                targets[i] = tokensBT1[at + 1];
            }
            NDArray ids = scratch.create(inputs, new Shape(rows, length));
            NDList labels = new NDList(scratch.create(targets, new Shape(targets.length, 1)));
            double value;
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDArray mean = loss.evaluate(labels, trainer.forward(new NDList(ids, mask)));
                value = mean.toType(DataType.FLOAT32, false).getFloat();
                collector.backward(mean);
            }
            trainer.step();
            return value;
        }
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
