package io.tributary.job;

import io.tributary.flow.TrainingSettings;
import io.tributary.merge.OuterOptimizer;
import io.tributary.model.Initializer;
import io.tributary.model.ModelShape;
import io.tributary.model.SharedParameters;
import io.tributary.model.SourceModel;
import io.tributary.model.StepEngine;
import io.tributary.record.ParameterGroup;
import io.tributary.record.TensorId;
import io.tributary.record.Variant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * SPEC, TRIM and GLOB in one thread on plain arrays, round after round: no shards, no records, no streams. It shares with
 * the job the training step, the initial values and nothing else.
 */
final class VariantOracle implements AutoCloseable {
    private static final double FIXED_POINT = 0x1p40;

    private final TrainingSettings settings;
    private final ModelShape shape;
    private final Variant variant;
    private final StepEngine engine;
    private final int tableRows;
    private final Map<ParameterGroup, float[]> shared = new EnumMap<>(ParameterGroup.class);
    private final Map<ParameterGroup, float[][]> momenta = new EnumMap<>(ParameterGroup.class);
    private final Map<String, NaiveText> texts = new LinkedHashMap<>();
    private final Map<String, SourceModel> models = new TreeMap<>();
    private final Map<String, int[]> held = new TreeMap<>();
    private final Map<String, Integer> atFirst = new TreeMap<>();

    VariantOracle(TrainingSettings settings, int tableRows, List<NaiveText> texts) {
        this.settings = settings;
        this.shape = settings.shape();
        this.variant = settings.merging().variant();
        this.tableRows = tableRows;
        this.engine = StepEngine.open(shape, settings.precision(), settings.adamW(), variant.shared());
        for (ParameterGroup group : variant.shared()) {
            float[] values = new float[Math.toIntExact(size(group))];
            switch (group) {
                case BODY -> Initializer.body(shape, settings.seed(), 0, values);
                case TOKENS -> Initializer.tokens("", settings.seed(), 0, values);
                case POSITIONS -> Initializer.positions("", settings.seed(), 0, values);
            }
            shared.put(group, values);
            momenta.put(group, new float[2][values.length]);
        }
        for (NaiveText text : texts) {
            this.texts.put(text.name(), text);
            held.put(text.name(), text.held());
            atFirst.put(text.name(), text.held().length);
            models.put(
                    text.name(),
                    engine.newSource(
                            text.name(), text.pieces(), settings.sequenceLength(text.name()), settings.seed()));
        }
    }

    private long size(ParameterGroup group) {
        return switch (group) {
            case BODY -> shape.bodyParameters();
            case TOKENS -> shape.tokenParameters(tableRows);
            case POSITIONS -> shape.positionParameters();
        };
    }

    /** Trains from the first round up to, and not including, this one. */
    void train(int rounds) {
        for (int round = 0; round < rounds; round++) {
            Map<String, Map<ParameterGroup, float[]>> deltas = new TreeMap<>();
            for (String source : texts.keySet()) {
                deltas.put(source, localSteps(source, round));
            }
            for (ParameterGroup group : variant.shared()) {
                merge(group, deltas);
            }
            for (String source : texts.keySet()) {
                int[] now = there(texts, source).held();
                if (now.length > there(held, source).length) {
                    held.put(source, now);
                    there(models, source).grow(now.length);
                }
            }
        }
    }

    private Map<ParameterGroup, float[]> localSteps(String source, int round) {
        SourceModel model = there(models, source);
        Map<ParameterGroup, float[]> deltas = new EnumMap<>(ParameterGroup.class);
        try (SharedParameters base = base(source, round)) {
            model.begin(base);
            for (int step = 0; step < settings.rounds().localSteps(); step++) {
                long globalStep = (long) round * settings.rounds().localSteps() + step;
                int[] tokensBT1 = there(texts, source).batch(settings.batchRows());
                model.step(
                        tokensBT1, settings.batchRows(), settings.learningRate().at(globalStep));
            }
            for (ParameterGroup group : variant.shared()) {
                float[] delta = new float[Math.toIntExact(model.elements(group))];
                model.delta(base, TensorId.parameters(group), 0, delta);
                deltas.put(group, delta);
            }
            model.end();
        }
        return deltas;
    }

    private SharedParameters base(String source, int round) {
        Map<TensorId, Long> sizes = new LinkedHashMap<>();
        shared.forEach((group, values) -> {
            if (!byRows(group)) {
                sizes.put(TensorId.parameters(group), (long) values.length);
            }
        });
        SharedParameters base = engine.newShared(round, sizes);
        shared.forEach((group, values) -> {
            TensorId tensor = TensorId.parameters(group);
            if (byRows(group)) {
                float[] rows = rowsOf(source, values);
                base.allocateRows(source, tensor, rows.length);
                base.putRows(source, tensor, 0, rows);
            } else {
                base.put(tensor, 0, values);
            }
        });
        return base;
    }

    private boolean byRows(ParameterGroup group) {
        return variant == Variant.TRIM && group == ParameterGroup.TOKENS;
    }

    private float[] rowsOf(String source, float[] table) {
        int d = shape.width();
        int[] ids = there(held, source);
        float[] rows = new float[ids.length * d];
        for (int i = 0; i < ids.length; i++) {
            System.arraycopy(table, ids[i] * d, rows, i * d, d);
        }
        return rows;
    }

    /** Element by element: the mean over those who have it, then the outer step. */
    private void merge(ParameterGroup group, Map<String, Map<ParameterGroup, float[]>> deltas) {
        float[] theta = there(shared, group);
        double[] sums = new double[theta.length];
        int[] holders = new int[theta.length];
        deltas.forEach((source, byGroup) -> {
            float[] delta = there(byGroup, group);
            for (int i = 0; i < delta.length; i++) {
                int at = byRows(group) ? there(held, source)[i / shape.width()] * shape.width() + i % shape.width() : i;
                // Every source has done all its steps, so all weigh the same; sums of whole numbers are exact.
                sums[at] += Math.rint(delta[i] * FIXED_POINT);
                holders[at]++;
            }
            for (int i = delta.length; i < theta.length && !byRows(group); i++) {
                holders[i]++;
            }
        });
        for (int i = 0; i < theta.length; i++) {
            if (holders[i] > 0) {
                float mean = (float) (sums[i] / (FIXED_POINT * holders[i]));
                theta[i] = outer(there(momenta, group), i, theta[i], mean);
            }
        }
    }

    /** What is remembered between rounds is rounded to float, as parameters are. */
    private float outer(float[][] remembered, int i, float theta, float mean) {
        OuterOptimizer optimizer = settings.merging().outer();
        if (optimizer instanceof OuterOptimizer.Nesterov nesterov) {
            double b = nesterov.mu() * remembered[0][i] - mean;
            remembered[0][i] = (float) b;
            return (float) (theta - nesterov.eta() * (-mean + nesterov.mu() * b));
        }
        if (optimizer instanceof OuterOptimizer.FedAdam adam) {
            double m = adam.beta1() * remembered[0][i] + (1 - adam.beta1()) * mean;
            double v = adam.beta2() * remembered[1][i] + (1 - adam.beta2()) * mean * mean;
            remembered[0][i] = (float) m;
            remembered[1][i] = (float) v;
            return (float) (theta + adam.eta() * m / (Math.sqrt(v) + adam.tau()));
        }
        return theta + mean;
    }

    /** The parameters of a group that all sources share. */
    float[] shared(ParameterGroup group) {
        return there(shared, group);
    }

    /** The parameters of a group as one source has them, in the order of its own ids. */
    float[] of(String source, ParameterGroup group) {
        if (byRows(group)) {
            return rowsOf(source, there(shared, group));
        }
        if (variant.shared().contains(group)) {
            return there(shared, group);
        }
        float[] values = new float[Math.toIntExact(there(models, source).elements(group))];
        there(models, source).copy(group, 0, values);
        return values;
    }

    /** How many pieces a source held before its first round. */
    int heldAtFirst(String source) {
        return there(atFirst, source);
    }

    /** The pieces that a source holds. */
    int[] held(String source) {
        return there(held, source);
    }

    @Override
    public void close() {
        models.values().forEach(SourceModel::close);
        texts.values().forEach(NaiveText::close);
        engine.close();
    }

    private static <K, V> V there(Map<K, V> map, K key) {
        return Objects.requireNonNull(map.get(key), () -> "There is no " + key);
    }

    static double relativeDistance(float[] one, float[] other) {
        double square = 0;
        double size = 0;
        for (int i = 0; i < one.length; i++) {
            square += Math.pow((double) one[i] - other[i], 2);
            size += Math.pow(other[i], 2);
        }
        return Math.sqrt(square / size) + (Arrays.equals(one, other) ? 0 : Double.MIN_VALUE);
    }
}
