package io.tributary.model;

import io.tributary.record.ParameterGroup;
import io.tributary.record.TensorId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A small model, and what its sources share: bodies, and tables that are longer than a source needs. */
final class SmallModel {
    static final ModelShape SHAPE = new ModelShape(2, 32, 4, 16);
    static final int PIECES = 50;
    static final int ROWS = 3;

    static final Set<ParameterGroup> SPEC = Set.of(ParameterGroup.BODY);
    static final Set<ParameterGroup> GLOB =
            Set.of(ParameterGroup.BODY, ParameterGroup.TOKENS, ParameterGroup.POSITIONS);
    static final Set<ParameterGroup> NONE = Set.of();

    static final TensorId BODY = TensorId.parameters(ParameterGroup.BODY);
    static final TensorId TOKENS = TensorId.parameters(ParameterGroup.TOKENS);
    static final TensorId POSITIONS = TensorId.parameters(ParameterGroup.POSITIONS);

    private SmallModel() {}

    static StepEngine open(Set<ParameterGroup> shared) {
        return open(Precision.FP32, shared);
    }

    static StepEngine open(Precision precision, Set<ParameterGroup> shared) {
        return StepEngine.open(SHAPE, precision, AdamW.defaults(), shared);
    }

    static SourceModel source(StepEngine engine, String name) {
        return engine.newSource(name, PIECES, SHAPE.sequenceLength(), 1);
    }

    /** The initial values of what the engine shares; 7 pieces and 3 positions more than the sources have. */
    static SharedParameters base(StepEngine engine) {
        Map<TensorId, Long> sizes = new HashMap<>();
        for (ParameterGroup group : engine.shared()) {
            sizes.put(
                    TensorId.parameters(group),
                    switch (group) {
                        case BODY -> SHAPE.bodyParameters();
                        case TOKENS -> SHAPE.tokenParameters(PIECES + 7);
                        case POSITIONS -> SHAPE.positionParameters(SHAPE.sequenceLength() + 3);
                    });
        }
        SharedParameters base = engine.newShared(0, sizes);
        sizes.forEach((tensor, size) -> {
            float[] values = new float[Math.toIntExact(size)];
            switch (tensor.group()) {
                case BODY -> Initializer.body(SHAPE, 3, 0, values);
                case TOKENS -> Initializer.tokens("all", 3, 0, values);
                case POSITIONS -> Initializer.positions("all", 3, 0, values);
            }
            base.put(tensor, 0, values);
        });
        return base;
    }

    static int[] tokens(int seed) {
        return new Random(seed)
                .ints(ROWS * (SHAPE.sequenceLength() + 1L), 0, PIECES)
                .toArray();
    }

    static void train(SourceModel source, int steps) {
        for (int step = 0; step < steps; step++) {
            source.step(tokens(step), ROWS, 1e-3);
        }
    }

    /** Of the whole common tensor. */
    static float[] values(SharedParameters base, TensorId tensor) {
        float[] values = new float[Math.toIntExact(base.size(tensor))];
        base.copy(tensor, 0, values);
        return values;
    }

    /** Of a private group. */
    static float[] values(SourceModel source, ParameterGroup group) {
        float[] values = new float[Math.toIntExact(source.elements(group))];
        source.copy(group, 0, values);
        return values;
    }

    static float[] delta(SourceModel source, SharedParameters base, TensorId tensor) {
        float[] delta = new float[Math.toIntExact(source.elements(tensor.group()))];
        source.delta(base, tensor, 0, delta);
        return delta;
    }

    static byte[] state(SourceModel source) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        source.write(out);
        return out.toByteArray();
    }
}
