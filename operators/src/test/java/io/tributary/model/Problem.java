package io.tributary.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.tributary.model.NaiveDecoder.Gradients;
import io.tributary.model.NaiveDecoder.Parameters;
import io.tributary.record.ParameterGroup;
import java.util.Map;
import java.util.Random;
import java.util.random.RandomGenerator;

/** A small model of random shape with random parameters and a random batch, for the engine and the oracle alike. */
record Problem(ModelShape shape, int pieces, int rows, int[] tokensBT1, Parameters parameters) {

    /** The architectures whose steps are compared. */
    enum Layers {
        LEARNED,
        ALIBI,
        NONE,
        LLAMA,
        LLAMA_WITH_NORMS;

        /** For so many heads; Llama's are shared by as many as divide them. */
        Architecture architecture(Random random, int heads) {
            return switch (this) {
                case LEARNED, ALIBI, NONE -> new Architecture.Gpt2(Positions.valueOf(name()));
                case LLAMA, LLAMA_WITH_NORMS ->
                    new Architecture.Llama(
                            random.nextBoolean() ? heads : 1,
                            random.nextInt(5, 40),
                            random.nextInt(10, 10_000),
                            this == LLAMA_WITH_NORMS);
            };
        }
    }

    static Problem random(long seed, Layers layers) {
        Random random = new Random(seed);
        int heads = random.nextInt(1, 4);
        // Not narrower: a layer norm of two elements gives 1 and -1 whatever goes in, and its gradient is cancellation.
        int width = heads * (layers.name().startsWith("LLAMA") ? 2 * random.nextInt(2, 5) : random.nextInt(4, 9));
        ModelShape shape = new ModelShape(
                random.nextInt(1, 4), width, heads, random.nextInt(1, 13), layers.architecture(random, heads));
        return of(random, shape, random.nextInt(3, 40), random.nextInt(1, 5));
    }

    static Problem of(Random random, ModelShape shape, int pieces, int rows) {
        int[] tokens = random.ints((long) rows * (shape.sequenceLength() + 1), 0, pieces)
                .toArray();
        float[] body = new float[(int) shape.bodyParameters()];
        Initializer.body(shape, 1, 0, body);
        // Away from the initial point, where biases are 0, gains 1 and attention flat, and errors in them would hide.
        double[] shaken = new double[body.length];
        for (int i = 0; i < body.length; i++) {
            shaken[i] = (float) (body[i] + 0.2 * random.nextGaussian());
        }
        Parameters parameters = new Parameters(
                shaken, normal(random, shape.tokenParameters(pieces)), normal(random, shape.positionParameters()));
        return new Problem(shape, pieces, rows, tokens, parameters);
    }

    private static double[] normal(RandomGenerator random, long size) {
        double[] values = new double[(int) size];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (0.5 * random.nextGaussian());
        }
        return values;
    }

    StepEngine open(Precision precision, AdamW adamW) {
        return StepEngine.open(shape, precision, adamW, SmallModel.SPEC);
    }

    SharedParameters body(StepEngine engine) {
        SharedParameters body = engine.newShared(0, Map.of(SmallModel.BODY, shape.bodyParameters()));
        body.put(SmallModel.BODY, 0, floats(parameters.body()));
        return body;
    }

    /** The problem's source, outside a round. */
    SourceModel source(StepEngine engine) {
        SourceModel source = engine.newSource("en", pieces, shape.sequenceLength(), 1);
        source.group(ParameterGroup.TOKENS).parameters().put(0, floats(parameters.tokens()));
        if (shape.learnsPositions()) {
            source.group(ParameterGroup.POSITIONS).parameters().put(0, floats(parameters.positions()));
        }
        return source;
    }

    Gradients engineGradients(StepEngine engine, SourceModel source, SharedParameters body) {
        try (NDManager scratch = engine.newManager()) {
            NDArray tokens = engine.tokens(scratch, source, tokensBT1, rows);
            NDList out =
                    engine.call(scratch, "gradients", source, source.parameters(scratch, body), tokens, new NDList());
            return new Gradients(
                    out.get(0).getFloat(),
                    new Parameters(
                            doubles(out.get(1).toFloatArray()),
                            doubles(out.get(2).toFloatArray()),
                            out.size() > 3 ? doubles(out.get(3).toFloatArray()) : new double[0]));
        }
    }

    static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    static float[] floats(double[] values) {
        float[] narrow = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            narrow[i] = (float) values[i];
        }
        return narrow;
    }
}
